"""Name parts for what Faker has not: Malay, Vietnamese given names, Arabic in Latin letters, firms.

Data only.
"""

# ruff: noqa: E501, SIM905, RUF001  tables to be read, in Cyrillic letters too
MALAY_MEN = "Ahmad Aiman Amir Azlan Faizal Farid Firdaus Hafiz Hakim Haris Iskandar Ismail Khairul Luqman Mohd Muhammad Nazri Rashid Razak Ridzuan Rosli Shahrul Syafiq Zainal Zulkifli Danial Irfan Syahmi Hazim Kamarul Fadzli Hisham Johari Saiful".split()
MALAY_WOMEN = "Aishah Amira Azizah Farah Fatimah Hidayah Izzati Nadia Norhayati Nurul Rohani Siti Sharifah Suraya Yasmin Zaleha Aina Balqis Hanis Intan Khadijah Liyana Nabila Puteri Rabiatul Sakinah".split()
VIETNAMESE_MIDDLE = "Văn Thị Minh Đức Hữu Ngọc Thanh Quốc Xuân Thu Kim Anh Hoàng Gia Bảo Đình Công Quang Khánh Phương".split()
VIETNAMESE_GIVEN = "An Bình Chi Cường Dũng Dung Giang Hà Hải Hạnh Hiếu Hòa Hùng Hương Khoa Lan Linh Long Mai Nam Nga Nhung Phong Phúc Quân Quỳnh Sơn Tâm Thảo Thành Thủy Trang Trung Tuấn Tùng Uyên Việt Vy Yến".split()
ARABIC_GIVEN = "Ahmed Ali Amal Ayman Aziz Bilal Dina Fadi Faisal Farah Fatima Hani Hassan Huda Hussein Ibrahim Jamal Karim Khaled Layla Mahmoud Majid Mariam Mohammed Mona Mustafa Nabil Nada Nasser Nour Omar Rami Rania Rashid Sami Salma Samir Tariq Walid Yasmin Youssef Zainab Ziad".split()
ARABIC_FAMILY = "al-Amri al-Harbi al-Masri al-Najjar al-Qahtani al-Rashid al-Shami al-Zahrani Abbas Abdullah Awad Aziz Barakat Darwish Fahmy Farouk Ghanem Habib Haddad Hamdan Hariri Issa Jaber Khalil Khoury Mansour Mubarak Nasr Odeh Qasim Rahman Saad Sabbagh Saleh Salem Sayegh Shaheen Suleiman Tamimi Yousef Zayed".split()

BRANDS = "Golden Silver Blue Green Bright Royal Grand Prime Global United Pacific Eastern Northern Sunrise Horizon Summit Delta Orion Nova Apex Zenith Vertex Crystal Emerald Falcon Lotus Phoenix Dragon Jade Coral Harbour Mekong Borneo Java Andaman Straits Sapphire Cobalt Quantum Stellar Cedar Maple Granite Everest Atlas Titan Alpha Omega Sigma Nusantara Mutiara Cahaya Sinar Jaya Maju Setia Thang Viet Hoa Binh".split()
SECOND = "Star Bridge Gate River Ocean Wave Sky Cloud Data Logic Matrix Signal Path Field Stone Tree Wing Point Peak Light Sun Moon Link Core Grid Forge Works Line Port Bay Valley Crown Eagle Tiger Lion Wind Spark Node Pixel Byte Vision".split()
TRADE = "Technology Technologies Electronics Trading Shipping Logistics Systems Solutions Engineering Energy Petroleum Industries Machinery Semiconductor Microelectronics Telecom Networks Software Computing Robotics Aviation Marine Chemicals Pharmaceuticals Foods Textiles Construction Development Investment Holdings Capital Consulting Media Education Biotech Materials Optics Instruments Automation International Industrial Import-Export Commercial".split()
PLACE = "Singapore|Malaysia|Jakarta|Penang|Johor|Bangkok|Hanoi|Saigon|Manila|Shenzhen|Shanghai|Beijing|Guangzhou|Hong Kong|Suzhou|Wuhan|Chengdu|Dubai|Istanbul|Moscow|Kazan|Tehran|Karachi|Mumbai|London|Berlin|Milan|Taipei|Seoul|Osaka".split(
    "|"
)
FORM = "Ltd|Co., Ltd.|Limited|Pte Ltd|Pte. Ltd.|Sdn Bhd|Sdn. Bhd.|Inc.|LLC|Corp.|Corporation|GmbH|S.A.|B.V.|FZE|LLP|JSC|Company Limited|Public Company Limited|Group|Group Co., Ltd.|Private Limited|SARL|AG|S.p.A.|Holdings".split(
    "|"
)
SOUNDS = [
    c + v
    for c in "b d f g h k l m n p r s t v z x j sh ch".split()
    for v in "a e i o u an en in on ar er or".split()
]
PINYIN = "wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng liang xie song tang han feng deng cao peng wei fang min jing lei yan jun ping gang qiang ming hua xin hong jie bo tao chao yong rui heng tai da fu xing sheng yuan jia kang lian tong chuang hai tian".split()
INDONESIAN = "Sejahtera Abadi Makmur Sentosa Perkasa Utama Mandiri Bersama Lestari Gemilang Cipta Karya Surya Bumi Sumber Indah Citra Mega Prima Artha Agung Raya Mulia Pratama".split()
VIETNAMESE_FIRM = "Công ty TNHH|Công ty Cổ phần|Công ty TNHH MTV|Tập đoàn".split("|")
VIETNAMESE_TRADE = "Thương mại|Xây dựng|Công nghệ|Dịch vụ|Sản xuất|Vận tải|Đầu tư|Điện tử".split(
    "|"
)
RUSSIAN_FORM = "ООО ЗАО ОАО АО ПАО ИП НПП".split()
RUSSIAN_FIRST = "Тех Строй Энерго Агро Транс Мед Хим Электро Авто Метал Нефте Газ Спец Пром Урал Сиб Волга Балт Восток Север".split()
RUSSIAN_SECOND = "сервис комплект монтаж торг инвест проект снаб экспорт ресурс лизинг техника маш логистик софт прибор".split()
HAN_PLACE = "北京 上海 深圳 广州 杭州 苏州 成都 武汉 南京 青岛 厦门 宁波 长沙 合肥 江苏 浙江 广东 山东".split()
HAN_SIGN = "华 盛 恒 瑞 信 达 鑫 源 泰 丰 嘉 宏 博 通 远 康 联 创 海 天 星 辰 云 智 盈 德 凯 立 安 顺".split()
HAN_TRADE = "科技 技术 信息 电子 贸易 网络 软件 实业 投资 机械 物流 传媒 生物 材料 新能源 智能科技 进出口 工程".split()
HAN_FORM = "有限公司 有限责任公司 股份有限公司 集团有限公司".split()
#: Russian letters as passports write them
PASSPORT = dict(
    pair.split(":")
    for pair in "а:a б:b в:v г:g д:d е:e ё:e ж:zh з:z и:i й:i к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:kh ц:ts ч:ch ш:sh щ:shch ъ:ie ы:y ь: э:e ю:iu я:ia".split()
)
