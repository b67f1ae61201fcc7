# 海况、空气和人数。先说结论，再说多久前的读数
error-station-unauthorized = 站点令牌不对或已停用，请用 station-token 命令重新领取。
error-invalid-readings = 这批读数一条也没有存：请看“fields”里每条的问题，改好后整批重发。

environment-now = 刚刚
environment-join = ，
environment-source = 来源：{ $station }
environment-old = { $said }（{ $age }的旧数据）
environment-fresh = { $said }（{ $age }）
environment-rule = 读数不能保证安全，能否下水请看现场旗帜、听救生员的。
environment-other-day = { $day }的情况没有预报，下面是现在的读数。
environment-ask = 可以拨打{ $service }询问。

environment-name-sea-temperature = 水温
environment-name-wave-height = 浪高
environment-name-beach-flag = 旗帜
environment-name-bathing-water-class = 水质
environment-name-faecal-coliforms = 粪大肠菌群
environment-name-swimming-suitability = 游泳适宜度
environment-name-visitor-count = 人数

environment-sea-temperature = 水温{ $value }℃
environment-wave-height = 浪高{ $value }米、{ $state }
environment-faecal-coliforms = 粪大肠菌群每升{ $value }个{ $over ->
    [yes] ，超过海水浴场限值
   *[no] {""}
}
environment-beach-flag = { $value ->
    [red_yellow] 挂红黄旗
    [green] 挂绿旗
    [yellow] 挂黄旗
    [red] 挂红旗
    [double_red] 挂双红旗
   *[purple] 挂紫旗
}
environment-bathing-water-class = 水质{ $value ->
    [excellent] 优
    [good] 良
    [fair] 一般
   *[poor] 差
}
environment-swimming-suitability = 通报为{ $value ->
    [most_suitable] 最适宜游泳
    [suitable] 适宜游泳
    [fairly_suitable] 较适宜游泳
   *[unsuitable] 不适宜游泳
}
environment-visitor-count = 约{ $value }人
environment-sea-state = { $figure ->
    [0] 无浪
    [1] 微浪
    [2] 小浪
    [3] 轻浪
    [4] 中浪
    [5] 大浪
    [6] 巨浪
    [7] 狂浪
    [8] 狂涛
   *[9] 怒涛
}
environment-flag-means = { $value ->
    [red_yellow] 红黄旗之间有救生员看护，要游就在两旗之间。
    [green] 绿旗只说明海面平缓，不等于安全。
    [yellow] 黄旗表示有一定危险，水性不好的人不要下水。
    [red] 红旗表示危险大，请不要下水。
    [double_red] 双红旗表示水域关闭，禁止下水。
   *[purple] 紫旗表示水里有海蜇等会伤人的生物。
}

environment-sea-no = { $place }：请不要下水，{ $reason }（{ $age }）。
environment-sea-caution = { $place }：{ $reason }（{ $age }），下水要小心，听救生员的。
environment-sea-values = { $place }：{ $said }（{ $age }）。能否下水看现场旗帜、听救生员的。
environment-sea-stale = { $place }没有最新读数，最近一次是{ $age }：{ $said }。现在能否下水不好说。
environment-sea-none = { $place }目前没有海况读数，能否下水请看现场旗帜、听救生员的。
environment-sea-none-city = 目前没有海况读数，能否下水请看现场旗帜、听救生员的。
environment-sea-asked = { $place }{ $said }（{ $age }）。
environment-sea-asked-stale = { $place }没有最新的{ $name }读数，最近一次是{ $age }：{ $said }。
environment-sea-asked-none = { $place }没有{ $name }读数。
environment-sea-and-no = 请不要下水，{ $reason }（{ $age }）。
environment-sea-and-caution = 下水要小心，{ $reason }（{ $age }）。
environment-sea-city = { $bad ->
    [0] { $count }个浴场有最新读数，能否下水看现场旗帜、听救生员的。
   *[other] { $count }个浴场有最新读数，其中{ $bad }个请不要下水。
}
environment-sea-city-stale = 各浴场都没有最新读数，现在能否下水不好说。
environment-sea-line-no = { $place }：不要下水，{ $reason }（{ $age }）
environment-sea-line = { $place }：{ $said }（{ $age }）

environment-band-excellent = 优
environment-band-good = 良
environment-band-light = 轻度污染
environment-band-moderate = 中度污染
environment-band-heavy = 重度污染
environment-band-severe = 严重污染
environment-advice-excellent = 各类人群可正常活动。
environment-advice-good = 极少数异常敏感的人应减少户外活动。
environment-advice-light = 青少年儿童、老年人和心血管、呼吸系统疾病患者应减少长时间、高强度的户外锻炼。
environment-advice-moderate = 青少年儿童、老年人和心血管、呼吸系统疾病患者应避免长时间、高强度的户外锻炼，一般人群适量减少户外运动。
environment-advice-heavy = 青少年儿童、老年人和心血管、呼吸系统疾病患者应留在室内，停止户外运动；一般人群减少户外运动。
environment-advice-severe = 青少年儿童、老年人和病人应留在室内，避免体力消耗；一般人群应避免户外活动。
environment-pollutant-pm2-5 = PM2.5
environment-pollutant-pm10 = PM10
environment-pollutant-o3 = 臭氧
environment-pollutant-no2 = 二氧化氮
environment-pollutant-so2 = 二氧化硫
environment-pollutant-co = 一氧化碳
environment-concentration = { $name } { $value }{ $unit ->
    [ug] 微克
   *[mg] 毫克
}/立方米
environment-air = { $scope }空气质量{ $band }，AQI { $aqi }{ $primary ->
    [none] {""}
   *[other] ，首要污染物{ $primary }
}（{ $age }）。
environment-air-partial = { $scope }读数不全（缺{ $missing }），不好定空气质量等级：{ $said }（{ $age }）。
environment-air-asked = { $scope }{ $said }（{ $age }）。
environment-air-stale = { $scope }没有最新的空气读数，最近一次是{ $age }：{ $said }。现在的空气质量不好说。
environment-air-none = { $scope }目前没有空气质量读数。
environment-air-basis = { $report ->
    [hourly] 实时
   *[daily] 24小时
}AQI，按{ $standard }由{ $count }个监测点算出。
environment-air-station = { $name }：{ $band }，AQI { $aqi }

environment-crowd-least = 现在人最少的是{ $place }，约{ $value }人（{ $age }）。
environment-crowd-most = 现在人最多的是{ $place }，约{ $value }人（{ $age }）。
environment-crowd-one = { $place }现在约{ $value }人（{ $age }）。
environment-crowd-one-stale = { $place }没有最新人数，最近一次是{ $age }：约{ $value }人。
environment-crowd-one-none = { $place }目前没有人数读数，现在人多不多不好说。
environment-crowd-stale = 各海滩都没有最新人数，现在哪里人少不好说。
environment-crowd-none = 目前没有海滩的人数读数，哪里人少不好说。
environment-crowd-line = { $place }：约{ $value }人（{ $age }）
environment-crowd-others = 只比较有最新人数的{ $count }个海滩，其他海滩没有数据。
