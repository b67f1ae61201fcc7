# 地图上的字
maps-place-title = { $name }的位置
maps-place-alt = 小地图：{ $name }和附近的地方
maps-route-title = 路线图，共{ $count }站
maps-route-desc = 依次是：{ $names }。连线只表示先后，不是实际走的路。
maps-around = 附近有{ $names }。
maps-metres = { $metres }米
maps-kilometres = { $kilometres }公里
maps-north = 北
maps-approximate = 位置大约
maps-note = { $datum }坐标 · 位置{ $source } · { $date }
maps-source-high = 可信度高
maps-source-medium = 可信度中
maps-source-low = 可信度低
maps-coast = 海岸线 GSHHG
