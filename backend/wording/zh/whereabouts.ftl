# 问清楚在哪儿附近
whereabouts-which = “{ $words }”有几处，您说的是哪一处？
whereabouts-or = 您说的是{ $name }附近吗？
whereabouts-approximate = 只知道{ $name }的大致位置，距离供参考。
