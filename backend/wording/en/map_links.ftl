# Buttons that open a map
map-amap = Open in AMap
map-baidu = Open in Baidu Maps
map-apple = Open in Apple Maps
map-google = Open in Google Maps
map-geo = Other map app
map-route-amap = By bus in AMap
map-route-baidu = By bus in Baidu Maps
map-route-apple = By bus in Apple Maps
map-route-google = By bus in Google Maps
map-search = Find it in AMap
