# 看病：从症状找科室，不做诊断
clinics-headline = { $sees }{ $nearest }
clinics-sees = { $complaint }看{ $department }。
clinics-sees-child = 孩子{ $complaint }看{ $department }。
clinics-or = { $first }或{ $second }
clinics-nearest = { $where ->
    [none] 最近的
   *[other] 离{ $where }最近的
}：{ $name }，{ $distance }，{ $status }。
clinics-general = 没有医院写明设此科；{ $where ->
    [none] 最近的
   *[other] 离{ $where }最近的
}综合医院：{ $name }，{ $distance }，{ $status }。
clinics-in-district = { $district }：{ $name }，{ $status }。
clinics-in-district-general = { $district }没有医院写明设此科；综合医院：{ $name }，{ $status }。
clinics-open-until = 开诊到{ $time }
clinics-open = 正在开诊
clinics-closed = 现在休息
clinics-closed-until = 现在休息，{ $day }{ $time }开
clinics-hours-unknown = 开诊时间未核实
clinics-warning = 有这些情况先打{ $medical }：{ $signs }。
clinics-call-first = 去前先打电话：{ $phone }
clinics-no-phone = 没有它的电话，去前可先问{ $service }。
clinics-er-is-likely = 这家急诊可能24小时开，未核实。
clinics-night = 这个时间门诊多半已下班，可能要挂急诊，请先打电话问。
clinics-unplaced = 可能有此科、位置未核实的：{ $names }
clinics-likely = 按医院类型可能有{ $department }，未核实，请先打电话问。
clinics-first-aid = 先这样做：{ $text }
clinics-bring = 带身份证、医保卡或电子医保凭证；外国朋友带护照、保险单、银行卡和现金。别的请问医院。
clinics-not-diagnosis = 我只按一般分诊帮您找科室，不做诊断，请听医生的。
clinics-caution = 不是诊断；情况急就打{ $medical }。
clinics-ask-where = { $sees }您在哪儿？我找最近的。
clinics-er = 最近的急诊：{ $name }，{ $distance }（{ $detail }）。
clinics-er-listed = 时间未核实
clinics-er-likely = 可能24小时，未核实
clinics-er-general = 是否设急诊未核实
clinics-er-ask = 发来位置或地名，我找最近的急诊。
clinics-later = 到医院看：{ $department }。
clinics-urgent = 急就先打{ $medical }。{ $headline }
