"""Chinese words of firms' names and the English that lists use for them. Data only.

A line is the Chinese word and its English; after a `|` stand other translations in use. Words and
places are common property. Brands and groups are the alias table: well-known names that firms and
groups of the state gave themselves in Latin letters, which no transliteration finds.
"""

_WORDS = """
    有限责任公司 co ltd
    股份有限公司 co ltd
    有限公司 co ltd
    股份公司 co ltd
    集团有限公司 group co ltd|group corp
    集团股份有限公司 group co ltd|group
    集团公司 group corp|corp
    总公司 corp|general corp
    分公司 branch
    公司 co|corp
    集团 group
    技术 technology
    新技术 new technology
    高新技术 high technology|hi tech
    科技 technology|science and technology
    科学技术 science and technology
    科学 science
    科研 scientific research
    电子 electronics|electronic
    信息 information
    信息技术 information technology
    通信 communication|communications|telecommunication
    通讯 communication|telecommunication
    电信 telecom
    半导体 semiconductor
    微电子 microelectronics
    光电子 optoelectronics
    光电 optoelectronics|photoelectric|optic electric
    集成电路 integrated circuit
    微系统 microsystems
    芯片 chip
    人工智能 artificial intelligence
    智能 intelligent
    智能识别 intelligent recognition
    网络 network|net
    互联网 internet
    软件 software
    计算机 computer
    计算 computing|computation
    计算科学 computational science
    计算技术 computing technology
    云计算 cloud computing
    超级计算 supercomputing|supercomputer
    数字 digital
    数字技术 digital technology
    数据 data
    云 cloud
    量子 quantum
    终端 device|terminal
    机器 machine
    机器人 robot
    国际 international
    国际贸易 international trading|international trade
    贸易 trading|trade
    进出口 import export
    商务 business
    商业 commercial
    投资 investment
    控股 holding
    资产管理 asset management
    实业 industry
    工业 industry|industrial
    工业公司 industry corp|industrial corp
    产业 industry
    制造 manufacturing
    工程 engineering
    系统工程 system engineering
    设备 equipment
    装备 equipment
    器材 equipment|instruments and materials
    机械 machinery
    精密机械 precision machinery
    机电 electromechanical|mechanical and electrical
    电气 electric|electrical
    电力 power|electric power
    动力 power|propulsion
    航空 aviation|aeronautics|aeronautical
    航空航天 aeronautics and astronautics|aerospace
    航天 aerospace|space
    空间 space
    航空电子 avionics
    导航 navigation
    卫星 satellite
    雷达 radar
    无线电 radio
    微波 microwave
    遥感 remote sensing
    船舶 ship|shipbuilding|marine
    船舶重工 shipbuilding heavy industry|shipbuilding industry
    船舶工业 shipbuilding industry
    船用 marine
    造船 shipbuilding
    舰船 ship
    海运 shipping
    航运 shipping
    航道局 waterway bureau
    航务工程局 navigation engineering bureau
    疏浚 dredging
    海缆 submarine cable
    电缆 cable
    光缆 optical cable
    光纤 fiber
    海洋 marine|ocean
    海洋石油 offshore oil
    海洋光网 ocean optical network|marine cable
    物流 logistics
    运输 transport
    物资 material
    能源 energy
    新能源 new energy
    核 nuclear
    核技术 nuclear technology
    核动力 nuclear power
    核电 nuclear power
    核工业 nuclear industry
    热工 thermal power
    石油 petroleum|oil
    石化 petrochemical
    化工 chemical
    化学 chemical
    化学工业 chemical industry|chemical industrial
    材料 material
    新材料 new material
    金属 metal
    有色金属 nonferrous metals
    粉末 powder
    炭素 carbon
    碳素 carbon
    硅业 silicon industry
    纺织 textile
    棉纺织 cotton textile
    印染 printing and dyeing
    色纺 textile
    服饰 apparel
    服装 garment
    发饰品 hair accessories
    食品 food
    农业 agriculture
    医药 pharmaceutical
    医疗 medical
    医学 medical|medicine
    基础医学 basic medicine
    军事医学 military medical
    兽医 veterinary
    卫生 health
    卫生学 hygiene
    卫生装备 medical equipment
    疾病预防控制 disease control and prevention
    微生物 microbiology
    流行病 epidemiology
    毒物 toxicology
    药物 pharmacology|drugs
    输血 blood transfusion
    野战 field
    放射 radiation
    辐射 radiation
    生物 biology|bio
    生物技术 biotechnology
    生物工程 bioengineering
    基因 gene
    基因科技 gene technology
    光学 optical|optics
    光学工程 optical engineering
    激光 laser
    精密 precision|fine
    精密光学 precision optical|fine optical
    仪器 instrument
    测量 measurement
    计量 metrology|measurement
    测试 testing|test
    测试技术 testing technology
    试验 test|experiment
    测控 measurement and control
    控制 control
    自动 automatic
    自动控制 automatic control
    自动化 automation
    自动化控制 automation control
    传感 sensing
    系统 system
    服务 service
    技术服务 technology service|technical service
    发展 development
    开发 development
    科技开发 technology development
    文献 document
    应用 application|applied
    设计 design
    总体 general|system
    总体设计 general design|system design
    传媒 media
    广播 broadcasting
    安全 security|safety
    安全装备 safety equipment
    防御 defense
    防御技术 defense technology
    培训 training
    培训学院 training school
    物理 physics
    工程物理 engineering physics
    物质科学 physical science
    微尺度 microscale
    高压科学 high pressure science
    高性能 high performance
    空气动力 aerodynamics
    环境 environment|environmental
    环境医学 environmental medicine
    环境特性 environmental features|environmental characteristics
    强度 strength|structure
    净化 purification
    声学 acoustics
    应用声学 applied acoustics
    涡轮机 turbine
    锅炉 boiler
    柴油机 diesel engine
    电力推进 electric propulsion
    推进 propulsion
    建设 construction
    建筑 construction
    交通建设 communications construction
    交通 transportation|communications
    重工 heavy industry
    大学 university
    理工大学 institute of technology|university of science and technology|university of technology
    工业大学 institute of technology|university of technology|polytechnical university
    科技大学 university of science and technology
    航空航天大学 university of aeronautics and astronautics
    邮电大学 university of posts and telecommunications
    电子科技大学 university of electronic science and technology
    国防科技大学 national university of defense technology
    理工 science and technology|ligong
    学院 institute|college|academy
    警察学院 police college
    科学院 academy of sciences
    研究院 research institute|academy|research academy
    科学研究院 academy of sciences|research academy
    技术研究院 academy of technology|technology research institute
    研究所 research institute|institute
    研究设计院 research and design institute
    设计院 design institute
    设计研究所 design research institute
    设计中心 design center
    科学研究中心 science research center
    研究中心 research center
    研究发展中心 research and development center
    研究与发展中心 research and development center
    研究试验中心 research test center
    国家研究中心 national research center
    国家实验室 national laboratory
    试验场 test center
    鉴定中心 identification center
    中心 center
    实验室 laboratory
    工厂 factory
    厂 factory
    机械厂 machinery factory
    所 institute
    银行 bank
    公安部 ministry of public security
    公安局 public security bureau
    公安厅 public security bureau
    物证鉴定 forensic science
    生产建设兵团 production and construction corps
    远东 far east
    亚洲 asia
    环球 global
    联合 united|union
    东方 oriental|dongfang|east
    先进 advanced
    创新 innovation
    创新研究院 innovation research institute
    工程技术 engineering technology
    教育 education
    文化 culture
    管理 management
    咨询 consulting
    供应链 supply chain
    电池 battery
    电机 motor
    汽车 automotive|auto
    飞机 aircraft
    发动机 engine
    无人机 uav|drone
    火箭 rocket
    导弹 missile
    水声 underwater acoustic
    水下 underwater
    测绘 surveying and mapping
    气象 meteorological
    视觉 vision
    视频 video
    陶瓷 ceramic
    玻璃 glass
    钢铁 iron and steel
    稀土 rare earth
    铝业 aluminum
    矿业 mining
    煤炭 coal
    天然气 natural gas
    太阳能 solar
    光伏 photovoltaic
    风电 wind power
    租赁 leasing
    保险 insurance
    证券 securities
    基金 fund
    旅游 travel
    酒店 hotel
    地产 real estate
    医院 hospital
    海军 navy
    空军 air force
    陆军 army
    通用 general
    特种 special
    国防 defense
    国家 national
    军事 military
    新区 new district
"""

_PLACES = """
    中国 china
    中国人民解放军 pla
    中华 china
    北京 beijing
    上海 shanghai
    天津 tianjin
    重庆 chongqing
    深圳 shenzhen
    广州 guangzhou
    东莞 dongguan
    珠海 zhuhai
    佛山 foshan
    香港 hong kong
    澳门 macau
    台湾 taiwan
    西安 xian
    哈尔滨 harbin
    长春 changchun
    沈阳 shenyang
    大连 dalian
    抚顺 fushun
    辽阳 liaoyang
    南京 nanjing
    苏州 suzhou
    无锡 wuxi
    常州 changzhou
    扬州 yangzhou
    镇江 zhenjiang
    江阴 jiangyin
    泰州 taizhou
    连云港 lianyungang
    杭州 hangzhou
    宁波 ningbo
    温州 wenzhou
    义乌 yiwu
    合肥 hefei
    福州 fuzhou
    厦门 xiamen
    南昌 nanchang
    济南 jinan
    青岛 qingdao
    烟台 yantai
    郑州 zhengzhou
    洛阳 luoyang
    武汉 wuhan
    宜昌 yichang
    长沙 changsha
    南宁 nanning
    桂林 guilin
    成都 chengdu
    绵阳 mianyang
    贵阳 guiyang
    贵安 guian
    昆明 kunming
    兰州 lanzhou
    太原 taiyuan
    石家庄 shijiazhuang
    邯郸 handan
    廊坊 langfang
    包头 baotou
    呼和浩特 hohhot
    乌兰察布 wulanchabu|ulan qab
    乌鲁木齐 urumqi
    喀什 kashgar|kashi
    和田 hetian|hotan
    阿克苏 aksu
    昌吉 changji
    石河子 shihezi
    哈密 hami
    鄯善 shanshan
    河北 hebei
    山西 shanxi
    辽宁 liaoning
    吉林 jilin
    黑龙江 heilongjiang
    江苏 jiangsu
    浙江 zhejiang
    安徽 anhui
    福建 fujian
    江西 jiangxi
    山东 shandong
    河南 henan
    湖北 hubei
    湖南 hunan
    广东 guangdong
    海南 hainan
    四川 sichuan
    贵州 guizhou
    云南 yunnan
    陕西 shaanxi
    甘肃 gansu
    青海 qinghai
    西藏 tibet
    新疆 xinjiang
    内蒙古 inner mongolia
    广西 guangxi
    宁夏 ningxia
    华北 north china
    华东 east china
    华南 south china
    华中 central china|huazhong
    西北 northwest|northwestern
    西南 southwest
    东北 northeast
    北方 north|northern
    南方 south|southern
"""

#: names that firms write in Latin letters otherwise than they sound
_BRANDS = """
    华为 huawei
    海思 hisilicon
    中芯国际 semiconductor manufacturing international|smic
    中芯 smic|semiconductor manufacturing
    中兴 zte
    大疆 dji
    海康威视 hikvision
    海康微影 hikmicro
    大华 dahua
    科大讯飞 iflytek
    旷视 megvii
    商汤 sensetime
    依图 yitu
    云从 cloudwalk
    云天励飞 intellifusion
    深网视界 sensenets
    银晨 is vision
    格灵深瞳 geling shentong|deepglint
    美亚柏科 meiya pico
    东方网力 netposa
    烽火 fiberhome
    星空 starrysky|xingkong
    第四范式 fourth paradigm
    奇虎 qihoo 360
    达闼 cloudminds|cloudmind
    同方威视 tongfang nuctech|nuctech
    东土 kyland|dongtu
    曙光 sugon|dawning
    浪潮 inspur
    联想 lenovo
    飞腾 phytium
    申威 sunway|shenwei
    海光 higon|hygon|haiguang
    龙芯 loongson
    寒武纪 cambricon
    壁仞 biren
    摩尔线程 moore threads
    燧原 enflame
    新华三 new h3c|h3c
    紫光 unigroup
    展锐 unisoc
    长江存储 yangtze memory|ymtc
    长鑫 cxmt
    晋华 jinhua
    华虹 hua hong
    北方华创 naura
    中微 amec
    盛合晶微 sj semiconductor
    华大基因 bgi|bgi genomics
    华大 bgi|huada
    药明 wuxi apptec
    国盾 quantumctek|guodun
    科大国盾 quantumctek
    景嘉微电子 jingjia microelectronics
    国科微电子 goke microelectronics
    航芯 aisinochip
    欧菲光 o film
    今创 ktk|jinchuang
    宝龙达 bitland|baolongda
    溢达 esquel|yida
    大全 daqo
    协鑫 gcl
    合盛 hoshine|hesheng
    东方希望 east hope
    火炬 torch
    锐科 raycus
    朗新 longshine
    光启 kuang chi
    华力创通 hwa create
    航天晨光 aerosun
    天奥 spaceon|tianao
    保利 poly
    宁德时代 catl
    比亚迪 byd
    京东方 boe
    字节跳动 bytedance
    阿里巴巴 alibaba
    腾讯 tencent
    京东 jd
    美的 midea
    海尔 haier
    格力 gree
    北航 beihang
    中科院 chinese academy of sciences
    中科 zhongke
"""

#: groups of the state, and what their names become before a number or a kind of works
_GROUPS = """
    中国电子科技集团 china electronics technology group corp
    中国电子科技集团公司 china electronics technology group corp|cetc
    中国电子科技集团有限公司 china electronics technology group corp|cetc
    中国电子科学研究院 china academy of electronics and information technology
    中国电子信息产业集团 china electronics corp
    中国航天科工集团 china aerospace science and industry corp|casic
    中国航天科工集团公司 china aerospace science and industry corp|casic
    中国航天科工集团有限公司 china aerospace science and industry corp|casic
    航天科工 aerospace science and industry|casic|aerospace science and technology
    中国航天科技集团 china aerospace science and technology corp|casc
    中国航天科技集团公司 china aerospace science and technology corp|casc
    中国航天科技集团有限公司 china aerospace science and technology corp|casc
    中国运载火箭技术研究院 china academy of launch vehicle technology
    中国空间技术研究院 china academy of space technology
    上海航天技术研究院 shanghai academy of spaceflight technology
    中国船舶集团有限公司 china state shipbuilding corp limited|cssc
    中国船舶工业集团公司 china state shipbuilding corp|cssc
    中国船舶重工集团公司 china shipbuilding industry corp|csic|china shipbuilding industry group
    中国船舶重工集团有限公司 china shipbuilding industry corp|csic
    中船 cssc
    中国航空工业集团 aviation industry corp of china|avic
    中国航空发动机集团 aero engine corp of china|aecc
    中国兵器工业集团 china north industries group corp|norinco
    中国兵器装备集团 china south industries group corp
    中国核工业集团 china national nuclear corp|cnnc
    中国广核 china general nuclear power|china guangdong nuclear power
    中国广核集团有限公司 china general nuclear power group|china general nuclear power corp
    中广核 cgn
    中科华核电 china nuclear power
    中国海洋石油 china national offshore oil
    中国海洋石油集团有限公司 china national offshore oil corp ltd|cnooc
    中国石油天然气 china national petroleum
    中国石油化工 china petrochemical|sinopec
    中国交通建设 china communications construction company
    中国交通建设股份有限公司 china communications construction company ltd
    中交 china communications construction company|cccc
    中国移动 china mobile
    中国电信 china telecom
    中国联通 china unicom
    中国科学院 chinese academy of sciences
    中国工程物理研究院 chinese academy of engineering physics
    中国舰船研究院 china ship research and development academy
    军事医学科学院 academy of military medical sciences
    国家超级计算 national supercomputing|national supercomputer
"""


def _read(table: str) -> dict[str, tuple[str, ...]]:
    lines = (line.split(maxsplit=1) for line in table.strip().splitlines())
    return {word: tuple(english.split("|")) for word, english in lines}


WORDS, PLACES, BRANDS, GROUPS = map(_read, (_WORDS, _PLACES, _BRANDS, _GROUPS))
#: what a Chinese word may be in English, the likeliest first
GLOSS = WORDS | PLACES | BRANDS | GROUPS
LONGEST = max(map(len, GLOSS))
#: after a place: city, province, county, district
SUFFIXES = "市省县区"
DIGITS = dict(zip("〇零一二三四五六七八九", "00123456789", strict=True))
#: family names of two signs
COMPOUND = frozenset(
    "上官 东方 令狐 公孙 南宫 司徒 司马 夏侯 尉迟 慕容 欧阳 百里 皇甫 端木 诸葛 轩辕".split()  # noqa: SIM905
)
#: common Chinese family names in pinyin
SURNAMES = frozenset(
    """
    bai cai cao chang chen cheng cui deng ding dong du duan fan feng gao gong gu guo han hao
    he hou hu huang jiang jin kang kong lai lan lei li liang liao lin liu long lu luo ma mao
    meng pan peng qian qiao qin qiu ren shao shen shi song su sun tan tang tian wan wang wei
    wen wu xiao xie xiong xu yang yao ye yin yu yuan zeng zhang zhao zheng zhou zhu zou
    """.split()  # noqa: SIM905  a table to be read
)
