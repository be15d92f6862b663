"""Chinese words of firms' names and the English that lists use for them. Data only."""

_GLOSS = """
    有限责任公司 co ltd
    股份有限公司 co ltd
    有限公司 co ltd
    集团公司 group corp
    公司 co
    集团 group
    技术 technology
    科技 technology
    科学 science
    电子 electronics
    信息 information
    通信 communication
    通讯 communication
    半导体 semiconductor
    微电子 microelectronics
    集成电路 integrated circuit
    人工智能 artificial intelligence
    智能 intelligent
    网络 network
    软件 software
    计算机 computer
    数据 data
    云 cloud
    国际 international
    贸易 trading
    进出口 import export
    投资 investment
    控股 holding
    实业 industry
    工业 industry
    制造 manufacturing
    工程 engineering
    设备 equipment
    机械 machinery
    航空 aviation
    航天 aerospace
    船舶 shipbuilding
    海运 shipping
    物流 logistics
    能源 energy
    石油 petroleum
    化工 chemical
    材料 material
    光电 optoelectronics
    光学 optical
    精密 precision
    仪器 instrument
    自动化 automation
    系统 system
    服务 service
    发展 development
    开发 development
    传媒 media
    大学 university
    学院 institute
    研究院 research institute
    研究所 research institute
    研究中心 research center
    中心 center
    实验室 laboratory
    工厂 factory
    银行 bank
    中国 china
    中华 china
    北京 beijing
    上海 shanghai
    深圳 shenzhen
    广州 guangzhou
    香港 hong kong
    西安 xian
    哈尔滨 harbin
    南京 nanjing
    杭州 hangzhou
    成都 chengdu
    武汉 wuhan
    苏州 suzhou
    天津 tianjin
    四川 sichuan
    浙江 zhejiang
    江苏 jiangsu
    广东 guangdong
    海康威视 hikvision
    商汤 sensetime
    旷视 megvii
    科大讯飞 iflytek
    大疆 dji
    中兴 zte
    中芯国际 smic
    大华 dahua
    浪潮 inspur
    曙光 sugon
    云从 cloudwalk
    依图 yitu
    寒武纪 cambricon
    长江存储 yangtze memory
    海思 hisilicon
    国防 defense
    国家 national
    超级计算 supercomputing
"""

#: longest words first decide: see text.han
GLOSS = dict(line.split(maxsplit=1) for line in _GLOSS.strip().splitlines())
LONGEST = max(map(len, GLOSS))
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
