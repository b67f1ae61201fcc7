# 打开地图的按钮
map-amap = 高德地图
map-baidu = 百度地图
map-apple = 苹果地图
map-google = 谷歌地图
map-geo = 其他地图
map-route-amap = 高德公交路线
map-route-baidu = 百度公交路线
map-route-apple = 苹果公交路线
map-route-google = 谷歌公交路线
map-search = 在高德地图里找
