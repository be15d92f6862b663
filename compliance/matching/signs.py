"""How signs of Chinese persons' names are spelt: surnames, and given names in Hong Kong. Data only.

Pinyin of the rest comes from a dictionary. A line of surnames is the spelling in pinyin and the
signs; a line of Hong Kong is one spelling and the signs that are said so. Simplified and
traditional signs stand side by side.
"""

# ruff: noqa: E501  tables to be read

_SURNAMES = """
    ai:艾 an:安 ao:敖 bai:白柏 ban:班 bao:包鲍鮑 bei:贝貝 bi:毕畢 bian:卞边邊 bo:薄 bu:卜 cai:蔡
    cao:曹 cen:岑 chai:柴 chang:常昌 che:车車 chen:陈陳谌諶 cheng:程成 chi:池迟遲 chu:褚储儲楚
    chuan:传 cong:丛叢 cui:崔 da:达 dai:戴代 dang:党黨 deng:邓鄧 di:狄 diao:刁 ding:丁 dong:董
    dou:窦竇 du:杜都 duan:段 e:鄂 fan:范樊 fang:方房 fei:费費 feng:冯馮封丰凤鳳 fu:傅符伏付
    gan:甘 gao:高 ge:葛戈 geng:耿 gong:龚龔宫宮巩鞏公 gou:苟勾 gu:顾顧古谷 guan:关關管官 gui:桂
    guo:郭 hai:海 han:韩韓 hang:杭 hao:郝 he:何贺賀和 heng:衡 hong:洪 hou:侯 hu:胡扈 hua:华華花滑
    huai:怀懷 huan:桓 huang:黄黃 hui:惠 huo:霍 ji:季纪紀吉姬嵇计計冀籍 jia:贾賈 jian:简簡 jiang:江姜蒋蔣
    jiao:焦 jie:揭 jin:靳晋晉 jing:荆荊井景经經 ju:居鞠 kang:康 ke:柯 kong:孔 kou:寇 kuai:蒯 kuang:邝鄺匡
    kui:隗 lai:赖賴来 lan:兰蘭蓝藍 lang:郎 lao:劳勞 lei:雷 leng:冷 li:李黎厉厲利郦栗 lian:连連廉
    liang:梁 liao:廖 lin:林蔺藺 ling:凌令 liu:刘劉柳 long:龙龍隆 lou:娄婁楼樓 lu:卢盧陆陸鲁魯路逯禄
    luan:栾欒 luo:罗羅骆駱 lv:吕呂 ma:马馬麻 mai:麦麥 man:满滿 mao:毛茅 mei:梅 meng:孟蒙 mi:米糜
    miao:苗缪繆 min:闵閔 ming:明 mo:莫 mou:牟 mu:穆慕 na:那 nan:南 ni:倪 nian:年 ning:宁寧甯 niu:牛
    ou:欧歐区區 pan:潘 pang:庞龐逄 pei:裴 peng:彭 pi:皮 ping:平 pu:蒲濮浦 qi:齐齊戚祁亓漆 qian:钱錢
    qiang:强強 qiao:乔喬 qin:秦覃 qiu:邱丘仇裘 qu:曲屈瞿渠 quan:全权權 ran:冉 rao:饶饒 ren:任 rong:荣榮容戎
    ru:茹汝 ruan:阮 rui:芮 sa:萨薩 sai:赛賽 sang:桑 sha:沙 shan:单單山 shang:尚商 shao:邵 she:佘
    shen:沈申慎 sheng:盛 shi:施石史时時师師 shu:舒束 shuai:帅帥 si:司 song:宋 su:苏蘇宿 sui:隋眭 sun:孙孫
    suo:索 tai:邰 tan:谭譚谈談檀 tang:唐汤湯 tao:陶 teng:滕 tian:田 tong:童佟仝 tu:屠涂 tuo:拓 wan:万萬
    wang:王汪 wei:魏韦韋卫衛蔚危 wen:文温溫闻聞 weng:翁 wo:沃 wu:吴吳武邬鄔伍巫乌烏 xi:席奚习習郗
    xia:夏 xian:冼咸 xiang:向项項 xiao:萧蕭肖 xie:谢謝解 xin:辛信 xing:邢 xiong:熊 xu:徐许許胥 xuan:宣
    xue:薛 xun:荀 yan:严嚴颜顏阎閻闫鄢燕言 yang:杨楊阳陽羊仰 yao:姚 ye:叶葉 yi:易伊 yin:尹殷阴陰印 ying:应應英
    yong:雍 you:尤游 yu:于余俞喻虞郁於禹鱼庾 yuan:袁元苑 yue:岳乐樂 yun:云雲 zang:臧 zeng:曾 zha:查
    zhai:翟 zhan:詹占战湛 zhang:张張章 zhao:赵趙 zhen:甄 zheng:郑鄭 zhi:支 zhong:钟鍾鐘仲 zhou:周邹
    zhu:朱祝诸諸竺 zhuang:庄莊 zhuo:卓 zong:宗 zou:邹鄒 zu:祖 zuo:左
"""
#: other readings of surnames, and the old spelling of two
_ALSO = "zeng:ceng lv:lu,lyu,lui qiu:chou xie:jie shan:dan ou:qu tan:qin qin:tan zhai:di"

#: Hong Kong, Macao, Singapore, Malaysia: as families write it
_ABROAD = """
    chan,tan,tang,ting:陈陳 lee,li:李 cheung,chang,teo,teoh,chong,tiong:张張 wong,huang,ng,wee,ooi,oei:黄黃
    wong,ong,heng:王 lam,lim:林 lau,low,liew,lao:刘劉 ng,goh,gho,wu,woo:吴吳 yeung,yeo,yong,young:杨楊
    leung,leong,neo,niu,nio:梁 ho,hoe:何 cheng,tay,teh,tee,chang:郑鄭 tang,teng:邓鄧 tsang,chan,chang,chen:曾
    yip,yap,ip,yeh:叶葉 choi,tsoi,chua,chai,tsai,choy,chuah:蔡 tam,tham:谭譚 lo,law,loh:罗羅卢盧
    chow,chau,chew,chiu,jou:周 kwok,kwek,quek,kuo,kok:郭 mah,ma,beh:马馬 hui,koh,khaw,hsu,hu:许許
    luk,loke,lok:陆陆陸 kwan,kuan:关關 tse,chia,cheah,sia,hsieh:谢謝 chu,choo:朱 yu,yue,yee,ee,eu:余
    tsui,chui,chee,chu,hsu:徐 suen,sun,soon,sng:孙孫 wu,woo,oh,aw,foo:胡 so,soh,soo,su:苏蘇 lui,lu,loo,leu:吕呂
    fung,pang,foong:冯馮 yuen,yuan,wan:袁 chiu,teo,tio,chew,chao:赵趙 poon,phua,pua,pan:潘 chung,cheng,choong:钟鍾鐘
    kan:简簡 mak,bek:麦麥 mok,bok:莫 kong,kang,chiang:江 fong,png,hng,fang:方 shek,chioh:石 ko,kao,kor,gou:高
    ha,hsia,hah:夏 yam,jen,yum:任 to,toh,tu:杜 au,ow:区區欧歐 sze,shih,see,si:施史 tong,tang,thong:唐汤湯
    ching,thia:程 sham,shum,sim,shen,sum:沈岑 fan,huan:范樊 hon,han:韩韓 kam,kan:甘 hung,kung:孔
    kung,keng:龚龔 hung,ang,hong:洪 hau,hou:侯 ho,hor:贺賀 wan,wen,wun,oon:温溫尹云雲 lui,louie,lei:雷 lai,loy:黎赖賴
    lin,lien,lian:连連 ling:凌 lung,leng,loong:龙龍 lok,lo:骆駱 ngai,gay,ni:倪魏 pang,phang,peh:彭
    yau,khoo,hew,chiu,khu:邱丘 siu,seow,siew,shiu,hsiao:萧蕭肖邵 mung:蒙孟 shing:成盛 tai,tay,dai:戴
    ting,teng:丁 tung,tang:董童佟 tuen,tuan:段 fu,foo,poh,po:傅符 fok,huo:霍 kot,ko:葛 ku,koo:古顾顧谷
    keung,kiang:姜 cheung,chiang:蒋蔣 o,ko,kua,quah:柯 kwong,kong:邝鄺 lam,nam,lan:蓝藍兰蘭 liu,liew,leow,liao:廖柳
    wat,kut:屈 yuen,ng,juan:阮 sung,song,soong:宋 tin,tien,chan:田 man,ban,bun:万萬文 wong,wang,ang:汪
    yung,ang:翁 wu,woo:邬鄔 sin:冼 hung,him,hiong:熊 yim,giam,ngiam,yen:严嚴 yiu,yeo,yao:姚 yik:易 yan,yin,jan:殷甄
    yau,yew,yu:游尤 yu,joo,yee:俞于虞 cheung,chang:章 cheuk,toh,cho:卓 chuk,chok:祝竺 cho,tso:左 kuk:谷
    chong,chng,ching,chuang:庄莊 gan,ngan,yen:颜顏 chan,chim,chiam,tsim:詹 pak,peh:白 mui,moi,buay:梅 mo,mao:毛
    kwai,kui:桂 kei,kwee:季纪紀 ka,chia:贾賈 cho,tso,chao:曹 sit,hsueh,see:薛 ngau:牛 wai,oei:韦韋卫衛
    lo,lu:鲁魯路 to,tou,toh:陶 tam,tan:谈 hong,kang:康 kiu,chiao:乔喬 chin,chee:钱錢 chun,chin,tan:秦覃
    mou,mu:巫武 ng:伍 kung:宫宮 kwun,koon:管官 on,ann:安 pau,pao,paw:包鲍鮑 shum:谌 tsui,choy:崔 fai,fei:费
    hang:杭 kwong:匡 lou,lau:娄婁楼樓 lung:隆 mau:茅 miu:苗缪 ning:宁寧 pong:庞龐 pui:裴 tsai:齐齊戚 yung:容荣榮
    yiu:饶饒 sheung:尚商 se,sher:佘 sun:申 shu,sue:舒 tang:滕 to:涂屠 weng:翁 chik:席 hong:项項向 hong:熊 hing:邢 suen:宣
    ying:应應 yuen:元阮 ngok:岳 cham:湛 cha:查 chak:翟 chung:仲宗 chau,chow:邹鄒 au,auyeung,auyong:欧阳歐陽
"""

#: as Hong Kong writes the syllables of given names
_HONGKONG = """
    a:亚亞雅 ah:阿 bik:碧璧 bing:冰兵炳 bo:宝寶波保博 bong:邦 cham:湛 cheuk:卓焯 cheung:祥翔昌章长長璋 chi:志智芝之子慈知池致稚
    chik:植积積 ching:正政静靜清晴贞貞程靖青呈晶菁 chiu:超昭潮照朝釗钊 cho:祖 choi:才财財彩材 chor:初楚 chu:珠 chuen:全泉传傳存川铨
    chui:翠 chun:俊骏駿春珍进進晋晉真振镇鎮晨 chung:忠宗松仲聪聰中钟充 fa:花 fai:辉輝晖徽 fan:芬帆凡繁 fat:发發法
    fei:飞飛菲霏 fong:芳方 fook:福 fu:富夫虎芙甫 fuk:福 fun:欢歡宽寬 fung:凤鳳丰豐峰枫楓锋鋒风風 ha:霞夏 hang:恒恆杏衡
    hei:熙喜希禧曦 him:谦謙 hin:轩軒显顯宪 hing:兴興庆慶馨卿 ho:浩豪皓昊好可河 hoi:海开開凯凱恺 hok:学學鹤鹤 hon:汉漢瀚翰
    hong:康航香 hung:雄红紅洪鸿鴻虹宏熊 hui:许 kai:启啟继繼楷棋佳 ka:家嘉加佳 kam:锦錦金甘琴 kan:勤根 kau:球九 kei:基奇琪祺骐纪紀麒其
    keung:强強 kin:建健坚堅 king:景敬琼瓊劲 kit:杰傑洁潔 kiu:桥 ko:高 kong:刚剛江光岗港 ku:古 kuen:权權娟鹃 kui:巨
    kun:冠君军軍 kung:功公恭 kwai:桂贵貴葵 kwan:君军軍钧鈞坤昆群均 kwok:国國 kwong:光广廣 kwun:冠 kwan:筠 lai:丽麗礼禮黎莉励 lam:林琳岚嵐
    lan:兰蘭澜 lap:立 leung:良亮梁樑 lei:利理莉李里梨 lik:力历 lim:廉 lin:莲蓮连練 ling:玲灵靈龄齡凌伶铃令 loi:来來 lok:乐樂诺諾骆
    long:朗 lui:蕾蕊雷 lun:伦倫麟 lung:龙龍隆 lut:律 mai:美米 man:文敏民曼万萬雯 mei:美媚微薇尾 mi:美 min:绵 ming:明铭銘鸣鳴名
    miu:妙苗 mo:武慕毛 mok:莫 mui:梅妹 mun:敏满滿 nam:南楠男 nang:能 nga:雅娅 ngai:艺藝毅伟巍 ngan:银雁颜颖 ngok:岳 nin:年 ning:宁寧
    nui:女 oi:爱愛 on:安 pak:柏百白伯 pan:斌彬 pang:鹏鵬 pik:碧 ping:平萍炳屏苹蘋秉 piu:彪 po:宝寶波保普 pui:佩培沛 sai:世细
    sam:三森心深 san:新山珊辛 sang:生 sau:秀寿壽修 sek:石 sham:森 shan:山珊 shek:硕石锡 sheung:双雙尚常 shing:成诚誠胜勝声城承盛丞
    shu:树樹淑书 shui:水瑞 shuk:淑 shun:顺順信舜 shung:崇 si:思诗時时 siu:小少兆绍紹晓曉肖筱韶 sik:锡錫适 sin:仙善先倩 sing:星升声成
    so:素苏 sui:瑞水岁 sum:心森深 sun:新孙信晨莘 sung:松崇嵩 suet:雪 suen:旋宣璇 sze:思诗詩仕士斯 tai:泰大太娣 tak:德得 tat:达達 tim:添 tin:天田 ting:婷廷庭亭定霆
    tik:迪 tit:铁 tong:堂棠唐 to:涛濤滔韬图 tsan:灿燦 tsang:增曾 tsun:俊进晋 tung:东東冬通栋同彤桐童 tuen:团端 tsz:子梓紫芷祉慈 wa:华華 wah:华華桦骅 wai:伟偉慧惠维維卫衛威炜煒蕙玮瑋为唯蔚怀
    wan:云雲韵韻运允尹芸 wang:宏泓弘 wing:永荣榮颖穎咏詠泳盈 wo:和禾 wong:旺皇煌璜 wu:湖 wui:会會辉 yam:钦欽荫任 yan:欣仁恩忻昕茵人因殷甄 yat:一日逸
    yau:友有佑悠优柔 yee:仪儀怡宜绮義义意 yeung:阳陽扬揚杨洋 yi:怡宜义義仪儀意以而伊依 yik:益亦翼易奕弈 yim:艳艷严嚴焰 yin:燕妍贤賢言彦彥嫣然娴延 ying:英莹瑩瑛颖影凝盈映迎樱 yip:业葉
    yiu:耀尧堯瑶瑤 yu:宇玉裕雨瑜如羽愉茹儒余钰育煜禹豫 yue:如裕余愉宇 yuen:元园源圆圓媛远遠原渊愿婉苑 yuet:月悦悅越 yui:睿锐 yuk:玉旭毓育煜 yun:润潤恩
    yung:勇容蓉榕融溶庸用雍 yui:蕊 lo:露罗璐路 ki:琦淇岐 fei:妃 lim:濂 nap:纳 kar:家嘉 chin:展千芊前钱 chit:哲 cheong:昌祥 chai:齐斋 mau:茂 sa:莎 hau:厚孝 hou:浩 jun:俊 kuk:菊 ngon:安 ping:娉 tan:丹坦 tsing:静 wun:欢 yam:音 choi:翠 kwai:季 wong:王 lau:柳 lou:露
    chak:泽澤 tsin:倩 pei:培 sheung:湘嫦 fung:逢 hing:馨 kei:姬 kan:勤 lan:岚 fan:繁 mong:梦 mung:梦夢 hun:勋 yui:锐 sat:实 yat:壹 hap:合 sap:十 long:浪 lik:力 mak:默 kwo:果 tou:涛 ngo:娥 chan:灿 lin:练 chiu:潮 tak:特 yat:溢 chun:淳津 chuk:竹 kok:珏 cho:佐 chung:重 ngai:倪 sai:西 sum:沁 nok:诺 tsoi:彩 yiu:瑤
"""


def _read(table: str) -> dict[str, tuple[str, ...]]:
    """Signs and their spellings, in the order of the table."""
    found: dict[str, tuple[str, ...]] = {}
    for line in table.split():
        spellings, signs = line.split(":")
        for sign in signs:
            told = (*found.get(sign, ()), *spellings.split(","))
            found[sign] = tuple(dict.fromkeys(told))
    return found


_also = {line.split(":")[0]: line.split(":")[1].split(",") for line in _ALSO.split()}
#: of one sign, in pinyin
SURNAMES = {
    sign: tuple(dict.fromkeys(told for one in pinyin for told in (one, *_also.get(one, ()))))
    for sign, pinyin in _read(_SURNAMES).items()
}
ABROAD, HONGKONG = _read(_ABROAD), _read(_HONGKONG)
#: of two signs, in pinyin and as families abroad write them
DOUBLE = {
    "欧阳": ("ouyang", "auyeung", "auyong"),
    "歐陽": ("ouyang", "auyeung", "auyong"),
    "司徒": ("situ", "szeto", "seto"),
    "司马": ("sima", "szema"),
    "司馬": ("sima", "szema"),
    "诸葛": ("zhuge", "chukot"),
    "諸葛": ("zhuge", "chukot"),
    "上官": ("shangguan", "sheungkwun"),
    "皇甫": ("huangfu",),
    "尉迟": ("yuchi",),
    "慕容": ("murong",),
    "东方": ("dongfang",),
    "令狐": ("linghu",),
    "公孙": ("gongsun",),
    "夏侯": ("xiahou",),
    "端木": ("duanmu",),
    "轩辕": ("xuanyuan",),
    "长孙": ("zhangsun",),
    "宇文": ("yuwen",),
}
#: two signs that begin a Japanese name, though the first is a Chinese surname
JAPANESE = frozenset(
    """
    高橋 高木 高田 高野 高山 高島 高松 高倉 高井 高見 高村 高尾 石川 石井 石田 石原 石橋 石黒 石塚 石山
    安藤 安部 安達 安田 安井 安倍 池田 池上 松本 松田 松井 松尾 松下 松岡 松村 松浦 松原 松永 江口 江川 江藤
    金子 谷口 谷川 水野 水谷 平野 平田 平井 平山 平松 白石 白井 白川 和田 武田 武藤 米田 馬場 熊谷 田中 田村
    田辺 田口 田島 田代 田畑 安川 林田 林原 梅田 梅原 柳田 柳沢 星野 成田 岡田 原田 森田 古川 古田 古賀 古谷
    宮本 宮崎 宮田 宮川 宮下 向井 宇野 津田 河野 河合 菅野 花田 花井 岩田 岩崎
    浜田 湯川 湯浅 万代 元木 木村 木下 莊司 庄司 都築 時田 秋山 冨田 永井 永田 金田 金井 甲斐 車谷
    """.split()  # noqa: SIM905  a table to be read
)
