# 办事和规定类的回答
article-source = 来源：{ $source }（{ $date }）
article-link = 查看出处
article-none = 抱歉，这个问题我还没有资料。
