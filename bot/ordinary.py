"""What is ordinary in the two languages: no slip of the finger makes a name of it.

Constants only. The words of one city (beach, paediatrics) come with its snapshot, not from here.
"""

from __future__ import annotations

from typing import Dict, FrozenSet, Iterable, List, Tuple


def _words(text: str) -> List[str]:
    return text.split()


def _longest_first(words: Iterable[str]) -> Tuple[str, ...]:
    return tuple(sorted(set(words), key=lambda word: (-len(word), word)))


# The characters most written Chinese is made of, and those that say what kind of place a name is of: two of them prove
# nothing, while 鸽 or 螺 is hardly typed by chance.
COMMON_HAN: FrozenSet[str] = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所"
    "然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与"
    "长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己"
    "制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系"
    "气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社"
    "便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉"
    "格望觉术领共确传师观清今切院让识候带导争运笔父影改青石城快连房飞爱车火花照片亲病医药元钱票价费吃喝玩坐站雨风"
    "雪云晚早午夜周末星请谢您吗呢吧啊哪谁怎附近远米号楼店馆园岛湖河湾江泉寺庙塔桥村镇县街巷堡阁亭宫殿洞谷沟滩岸溪"
    "岭港峪庄厂局服游旅景客商酒饭菜鱼虾鲜食孩童母朋友男警急救停热线投诉咨询查办证际广播乐林木田农休闲假"
)

# Chinese words that do not say which place is meant when a name begins with them.
ORDINARY_HAN: FrozenSet[str] = frozenset(
    _words(
        """
        中医 中央 主题 人民 传染病 儿童 农业 历史 口腔 古城 名胜 国家 国立 国际 地质 城市 夜市 大型 妇产 妇女
        妇科 室内 室外 工业 工人 市立 开发区 技术 文化 新区 旅游 森林 民俗 水上 海上 海底 海洋 海滨 海边 海鲜
        温泉 湿地 滑雪 滨海 漂流 现代 生态 皮肤病 省立 眼科 社区 第一 第三 第二 第四 精神 经济 结合 综合 美食
        老城 肿瘤 自然 西医 采摘 野生 长城 长途 革命 风景 骨科
        """
    )
)

# Words that stand beside names: a character of a name typed as one of these was not meant as part of the name.
FUNCTION_HAN: FrozenSet[str] = frozenset(
    "的了吗呢吧啊呀在我你您他她它们就也都要去到和没不是给用做让从把被请问这那哪什么怎多少几个能可会想看吃住玩来"
    "过得着很还只再又最更比跟对有"
)

# What tells one name from its neighbour (第一医院, 第二医院; 东浴场, 西浴场): these are not slips.
TELLING_HAN: FrozenSet[str] = frozenset(
    "零〇一二三四五六七八九十百千两东西南北中大小新老旧上下前后左右内外高低男女0123456789"
)

# The words for kinds of places that may be left out of a name ("鸽子窝" for 鸽子窝公园).
KINDS_HAN = _longest_first(
    _words(
        """
        风景名胜区 旅游度假区 旅游风景区 康复中心 海水浴场 海滨浴场 度假酒店 风景区 旅游区 度假区 度假村 生态园
        植物园 动物园 游乐园 游乐场 博物馆 博物院 美术馆 纪念馆 展览馆 水族馆 图书馆 科技馆 体育馆 卫生院 保健院
        门诊部 滑雪场 美食街 步行街 火车站 高铁站 汽车站 客运站 公交站 公园 景区 乐园 医院 诊所 浴场 海滩 沙滩
        温泉 酒店 酒庄 市场 夜市 机场 码头 遗址 广场 商场 中心 热线 电话
        """
    )
)

# These and the words for a kind name nothing by themselves.
GENERIC_HAN = _longest_first(
    [
        *KINDS_HAN,
        *_words(
            """
            大峡谷 地质 度假 国家 老城 庄园 医疗 海滨 服务 古城 峡谷 海洋 社区 海边 长城 海岸 旅游 山庄 文化
            森林 国际 湿地 水库 馆 园 站 街 院 市 场 区
            """
        ),
    ]
)

# What the name of something else ends in: 海阳路 is not 海阳路汽车站, 九龙山 not 九龙山医院. But 联峰山 is 联峰山公园.
ELSEWHERE_HAN = tuple("路街道桥村镇区县市省")
LANDSCAPE_HAN = tuple("山河湖岛湾")
SCENIC_KINDS_HAN: FrozenSet[str] = frozenset(
    _words(
        """
        公园 景区 风景区 风景名胜区 旅游区 旅游度假区 旅游风景区 度假区 度假村 滑雪场 海滩 沙滩 浴场 海水浴场
        海滨浴场 温泉
        """
    )
)
# Before one of these even a whole name names a road.
ROADS: FrozenSet[str] = frozenset(_words("路 街 道 大道 大街 road street avenue lane rd st ave lu jie dajie dadao"))

# English kinds of places that may be left out, as the last words of a name.
KINDS_ENGLISH: FrozenSet[str] = frozenset(
    [
        "airport", "aquarium", "art museum", "bathing beach", "beach", "botanical garden", "bus station",
        "center", "centre", "clinic", "coach station", "eye clinic", "forest park", "gallery", "garden",
        "hospital", "hot spring", "hot springs", "hotel", "hotline", "library", "line", "mall", "market",
        "museum", "night market", "park", "railway station", "resort", "resort area", "scenic area",
        "scenic spot", "seafood market", "ski field", "ski resort", "square", "station", "theme park",
        "train station", "wetland park", "winery", "zoo",
    ]
)  # fmt: skip
# As people write them in names; a full stop behind them is no part of the word.
ABBREVIATIONS_ENGLISH: Dict[str, str] = {
    "univ": "university", "uni": "university", "hosp": "hospital", "intl": "international", "natl": "national",
    "stn": "station", "ctr": "center", "centre": "center", "theatre": "theater", "harbour": "harbor", "mt": "mountain",
    "mtn": "mountain", "pk": "park", "mus": "museum", "sq": "square", "dist": "district", "isl": "island",
    "1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth", "5th": "fifth",
}  # fmt: skip
ELSEWHERE_ENGLISH: FrozenSet[str] = frozenset(
    _words(
        """
        road street avenue lane district county city town village new old north south east west first second third
        """
    )
)

ORDINARY_ENGLISH: FrozenSet[str] = frozenset(
    _words(
        """
        a able about above accept accident according account across act action active activities activity actual
        actually add address admission adult adults advance advice affect afford afraid after afternoon again
        against age aged ago agree ahead air airport alarm alert alive all allow allowed almost alone along
        already alright also although always am amazing among amount an ancient and angry animal animals annual
        another answer any anybody anyone anything anyway anywhere apart apologize app apparently appear apple
        apply appointment are area areas arent around arrange arrival arrive arrived arrives arriving art article
        as aside ask asked asking asleep at ate attack attention attraction attractions aunt autumn available
        average avoid away awful baby back bad bag bags ball bank bar base basic basically bath bathroom be beach
        beaches bean bear beat beautiful became because become bed been beer before began begin beginning begins
        behind being believe below bench beside besides best bet better between beyond big bigger biggest bike
        bill bird birds birth birthday bit black blood blue board boat body book booked booking books border
        bored boring born borrow both bother bottle bottom bought box boy boys branch brand brave bread break
        breakfast breath bridge brief bright bring broken brother brought brown budget build building buildings
        built bus buses business busy but buy buying by bye cab cafe call called calling calls calm came camera
        can cancel cancelled cant car card cards care careful carry cars case cash castle cat catch cause cent
        center central centre certain certainly chair chance change changed changes changing charge charged cheap
        cheaper cheapest check checked checking child children china chinese choice choose church circle cities
        citizen city class clean cleaner clear clearly climb climbing clinic close closed closer closes closest
        closing clothes cloud cloudy club coach coast coffee coin cold collect color colour come comes coming
        comment common communist community company compare complain complaint complaints complete completely
        concert condition confirm confused connect consider contact continue control cook cool copy corner
        correct cost costs could couldnt count country county couple course court cover crazy create cross crowd
        crowded cruise cultural culture curious current currently custom customer cut cycle daily damage dance
        danger dangerous dark data date daughter day days dead deal dear death decide decided deep defence defense
        delay delayed delicious dentist depart department depends desk detail details did didnt die difference different
        difficult dinner direct direction directions directly dirty disabled discount disease district do doctor
        doctors does doesnt dog dogs doing dollar done dont door doors double doubt down dream drink drinks drive
        driver driving drop drug dry due during each ear earlier earliest early earth easier easily east easy eat
        eating eight either elderly electric electricity eleven else email emergency empty end ending ends energy
        english enjoy enough ensure enter entire entrance entry especially etc europe even evening event events
        ever every everybody everyone everything everywhere exact exactly example excellent except exchange
        excited excuse exercise exhibition exist exit expect expensive experience explain express extra eye eyes
        face fact factory fair fall false families family famous fan fans far fare farm fast faster father fault
        favorite favourite fear fee feed feel feeling fees feet fell fellow felt female ferry festival fever few
        field fifth fifty fight figure file fill film final finally find finding fine finger finish finished fire
        firm first fish fishing fit five fix flat flight floor flower flowers fly follow following food foot for
        foreign foreigner foreigners forest forever forget form former forth forty forward found four fourth free
        fresh friday friend friendly friends from front fruit full fun funny further future game games garden
        gardens gas gate gave general gentle get gets getting giant girl girls give given gives giving glad glass
        go goes going gold golden gone gonna good goods got government grade grand grass gray great green
        greeting ground group groups grow guard guess guest guide gun guy guys had hair half hall hand handle
        hands hang happen happened happens happy hard has hasnt hat hate have havent having he head headache
        health healthy hear heard heart heat heavy height held hello help helpful helps her here heritage hers hi
        hidden high higher highest highway hike hiking hill hills him his historic historical history hit hold
        holiday holidays home honest hope hoping horse hospital hospitals host hot hotel hotels hour hours house
        houses housing how however huge human hundred hungry hunt hurry hurt hurts husband i ice idea if ill
        illegal image imagine important improve in include included including increase indoor infectious
        information inside instead insurance integrated interest interested interesting international internet
        into is island isnt issue it its itself jacket job join joke journey juice jump just keep keeping kept
        key kid kids kill kilometer kind kinds king kingdom kitchen knee knew know known lady lake land lane
        language large last late later latest laugh law lay lead leader learn least leave leaves leaving left leg
        legal leisure less let lets letter level library license lie life lift light lights like liked likely limit
        limited line lines list listen little live lived living local location lock long longer look looked
        looking looks lord lose loss lost lot lots loud love lovely low lower luck lucky luggage lunch machine
        mad made magic mail main make makes making male mall man manage manager many map maritime march mark market
        markets married mass match maternal matter may maybe me meal mean means meant measure meat medical
        medicine meet meeting member men mental menu message met metal meter middle midnight might mile military
        milk million mind mine minor minute minutes miss missed missing mistake mobile modern mom moment monday
        money month months monument mood moon more morning most mother mountain mountains mouth move moved movie
        moving mrs much museum museums music must my myself name named names national natural nature near nearby
        nearer nearest nearly neck need needed needs neighbor neither nervous never new news next nice night
        nights nine no nobody noise none noon nor normal normally north northern nose not note nothing notice now
        number numbers nurse object obvious obviously ocean odd of off offer offers office officer official often
        oh oil ok okay old older on once one ones online only open opened opening opens opera option options or
        orange order orders organ original other others otherwise ought our ours out outdoor outside over own
        owner pack page paid pain paint pair palace paper pardon parent parents park parking parks part
        particular parts party pass passed passing passport past path patient pay paying payment peace peak pen
        people peoples per perfect perfectly perhaps period permanent permission permit person personal phone
        photo photos picnic picture pictures piece pink place places plain plan plane planned planning plant
        plants plastic plate platform play playground playing please pleased pleasure plenty plus pm pocket point
        points police policy polite pool poor popular port position possible possibly post postal pound power
        practice prefer pregnant prepare present president pretty prevent price prices pride printer prison
        private probably problem problems process produce product program promise proper property protect proud
        provide public pull purple purpose push put quality quarter queen question questions queue quick quickly
        quiet quite race radio rail railway rain raining rainy raise ran random range rate rather reach read
        reader ready real really reason reasonable receive recent recently recommend recommended record red
        refund refuse region regular related relax remember remove rent rental repair repeat reply report request
        require required rescue research reservation reserve resident resort respect response rest restaurant
        restaurants result return returns review rich ride right ring rise river road roads rock rode roof room
        rooms rough round route routes rude rule rules run running runs rush sad safe safari safety said sail sale sales
        same sand sang sat saturday save saw say saying says scared scenery scenic schedule school science sea
        search season seat seats second secret section security see seeing seem seems seen self sell send senior
        seniors sense sent separate serious service services session set seven several shade shall shame shape
        share she shell shine ship shoe shoes shop shopping shops short shot should shouldnt shout show shower
        showing shown shows shut sick side sign silver similar simple simply since sing single sir sister sit
        site sites sitting situation six size skin sky sleep slip slow slowly small smaller smart smell smile
        smoke smoking smooth snow so social soft sold some somebody someone something sometimes somewhere son
        song soon sorry sort sound sounds south southern space speak speaking special specific speed spell spend
        spent spoke sport sports spot spots spring square staff stage stairs stand standard star start started
        starting starts state statement station stations statue stay stayed staying stays step stick still stole
        stolen stone stood stop stops store stores storm story straight strange stranger street streets stress
        strict strong student students stuff stupid style subject subway such sudden suddenly suggest suggestion
        suitable suits summer sun sunday sunny sunrise sunset super support suppose supposed sure surprise swim
        swimming switch system table take taken takes taking talk talking tall taste tax taxi taxis tea teach
        teacher team teeth telephone tell telling temperature temple temples ten term terrible test text than
        thank thanks that thats the theater theatre their them then there theres these they theyre thick thing
        things think thinking third thirsty thirty this those though thought thousand three through throw
        thursday ticket tickets tide tight till time times tiny tip tired title to today together toilet toilets
        told tomorrow tongue tonight too took tooth top total touch tour tourism tourist tourists tours toward
        tower towers town towns toy track trade traditional traffic trail trails train trains translate travel
        traveler traveling traveller travelling treat tree trees trick tried trip trips trouble truck true trust
        truth try trying tuesday turn turned turns twelve twenty twice two type types typical ugly umbrella uncle
        under underground understand underwater unit university unless until up upper upset upside urgent us use
        used useful uses using usual usually vacation valid valley value various vegetable very via video view
        views villa village villas visa visit visited visiting visitor visitors visits voice wait waiting wake
        walk walked walking wall walls want wanted wants war warm warning was wash wasnt watch watching water
        wave waves way ways we weak wear weather website wednesday week weekday weekdays weekend weekends weeks
        weird welcome well went were werent west western wet wetland wetlands what whatever whats wheel
        wheelchair when whenever where wheres wherever whether which while white who whole whose why wide wife
        wifi wild wildlife will wind window windows windy wine winter wish with within without woke woman women
        won wonder wonderful wont wood word words work worked worker workers working works world worried worry
        worse worst worth would wouldnt write writing written wrong yard yeah year years yellow yes yesterday yet
        you young younger your yours yourself youth zone zoo
        """
    )
)
