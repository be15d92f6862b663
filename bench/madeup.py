"""Made-up names and slips of the pen, seeded. Own name parts; they are not an independent set."""

# ruff: noqa: E501, SIM905  tables to be read
import random
import string
from collections.abc import Iterator

PEOPLE = {  # given names | family names; the order in which they are said
    "en": "James Mary Robert Linda David Susan Daniel Karen Kevin Laura|Smith Johnson Miller Walker Harrison Bennett Coleman Fletcher Barnes Whitfield",
    "de": "Hans Ursula Jürgen Petra Klaus Sabine Dieter Monika Lukas Anke|Müller Schneider Hoffmann Krüger Baumann Vogel Lindner Pfeiffer Brandt Seidel",
    "es": "José María Carlos Lucía Javier Carmen Diego Elena Andrés Pilar|García Hernández Rodríguez Ortega Navarro Castillo Fuentes Salgado Ibáñez Robles",
    "fr": "Luc Camille Pierre Amélie Julien Chantal Mathieu Odile Antoine Sylvie|Dubois Lefèvre Moreau Girard Bonnet Chevalier Fontaine Rousseau Perrin Marchand",
    "hi": "Rahul Priya Amit Sunita Vikram Anjali Suresh Deepa Rohan Kavita|Sharma Patel Gupta Reddy Iyer Banerjee Chopra Deshmukh Nair Kulkarni",
    "ru": "Алексей Дмитрий Сергей Андрей Павел Игорь Максим Роман Виктор Олег|Смирнов Кузнецов Попов Лебедев Новиков Морозов Волков Соколов Зайцев Орлов Фролов Громов Тихонов Ершов Лапин",
    "ar": "أحمد فاطمة يوسف مريم خالد ليلى سامي نور طارق هدى|الحداد النجار الخطيب الشامي العمري الزهراني القحطاني الدوسري الحربي المصري",
    "vi": "Minh Hương Tuấn Lan Hùng Thảo Dũng Mai Quang Ngọc|Nguyễn Trần Lê Phạm Hoàng Phan Vũ Đặng Bùi Đỗ",
    "id": "Budi Siti Agus Dewi Hendra Ratna Joko Wulan Bambang Ayu|Santoso Wijaya Kusuma Hidayat Setiawan Pratama Nugroho Saputra Lestari Hartono",
    "ms": "Aiman Nurul Faizal Aishah Hafiz Farah Syafiq Izzati Ridzuan Suraya|bin Razak|binti Rosli|bin Zulkifli|binti Zainal|bin Shahrul|binti Iskandar",
    "zh": "Wei Fang Min Jing Xiaoming Guohua Zhiqiang Yuting Haoran Junjie Meiling Wenjie|Wang Li Zhang Liu Chen Zhao Zhou Xu Sun Guo",
    "zh-han": "伟 芳 敏 静 晓明 国华 志强 雨婷 浩然 俊杰|王 李 张 刘 陈 赵 周 徐 孙 郭",
}
FATHERS = "Алексеевич Дмитриевич Сергеевич Андреевич Павлович Игоревич Романович Викторович Олегович Юрьевич".split()
FIRST = "Golden Silver Blue Bright Royal Grand Prime Pacific Sunrise Horizon Summit Delta Orion Nova Apex Zenith Crystal Emerald Falcon Lotus Phoenix Coral Mekong Borneo Andaman Sapphire Cobalt Cedar Granite Everest Nusantara Mutiara Cahaya Sinar Jaya Maju".split()
SECOND = "Star Bridge Gate River Ocean Wave Sky Cloud Data Logic Matrix Signal Path Field Stone Tree Wing Peak Link Core Grid Forge Bay Valley Crown Eagle Tiger Spark Node Pixel".split()
TRADE = "Technology Electronics Trading Shipping Logistics Systems Solutions Engineering Energy Machinery Semiconductor Networks Software Computing Robotics Aviation Chemicals Foods Construction Investment Holdings Consulting Media Biotech Materials Automation International".split()
PLACE = "Singapore Malaysia Jakarta Penang Johor Bangkok Hanoi Manila Shenzhen Shanghai Beijing Guangzhou Suzhou Dubai Istanbul Moscow Tehran Mumbai London Berlin Taipei Seoul".split()
FORM = "Ltd|Co., Ltd.|Limited|Pte Ltd|Sdn Bhd|Inc.|LLC|Corp.|GmbH|S.A.|B.V.|FZE|JSC|OOO|Tbk|Company Limited|Group|Private Limited|SARL|AG".split(
    "|"
)
_SOUNDS = [
    c + v
    for c in "b d f g h k l m n p r s t v z j sh ch".split()
    for v in "a e i o u an en in on ar or".split()
]
_MARKED = {
    "a": "áàäãâ",
    "e": "éèëê",
    "i": "íìïî",
    "o": "óòöõ",
    "u": "úùüû",
    "c": "ç",
    "n": "ñ",
    "s": "š",
}


def persons(count: int, rng: random.Random) -> list[str]:
    found = []
    for _ in range(count):
        tongue = rng.choice(sorted(PEOPLE))
        given, *family = PEOPLE[tongue].split("|")
        first = rng.choice(given.split())
        last = rng.choice(family if tongue == "ms" else family[0].split())
        second = rng.choice(given.split()) if rng.random() < 0.3 else ""
        if tongue == "ru":
            second = f"{rng.choice(FATHERS)}"
        if tongue == "zh-han":
            found.append(last + first)
        elif tongue in ("zh", "vi"):
            found.append(" ".join(filter(None, (last, second if tongue == "vi" else "", first))))
        else:
            found.append(" ".join(filter(None, (first, second, last))))
    return found


def companies(count: int, rng: random.Random) -> list[str]:
    return [_company(rng) for _ in range(count)]


def _company(rng: random.Random) -> str:
    chance, form, trade = rng.random(), rng.choice(FORM), rng.choice(TRADE)
    if chance < 0.3:
        return f"{rng.choice(FIRST)} {rng.choice(SECOND)} {trade} {form}"
    if chance < 0.55:
        brand = "".join(rng.choices(_SOUNDS, k=rng.randint(2, 3))).title()
        return f"{brand} {trade} {form}"
    if chance < 0.75:
        family, given = (PEOPLE["zh"].split("|")[n].split() for n in (1, 0))
        brand = rng.choice(family) + rng.choice(given).lower()
        return f"{rng.choice(PLACE)} {brand} {trade} {form}"
    if chance < 0.85:
        return f"PT {rng.choice(FIRST)} {rng.choice(SECOND)} {rng.choice(FIRST)}"
    if chance < 0.95:
        tongue = rng.choice(("en", "de", "es", "fr", "hi", "id"))
        return f"{rng.choice(PEOPLE[tongue].split('|')[1].split())} {trade} {form}"
    return f"{rng.choice(FIRST)} {trade} ({rng.choice(PLACE)}) {form}"


def slip(name: str, rng: random.Random) -> str:
    """One letter mistyped, lost, doubled, added or swapped with the next."""
    at = rng.choice([place for place, char in enumerate(name) if char.isalnum()])
    letter, kind = (
        rng.choice(string.ascii_lowercase),
        rng.choice(("typo", "lost", "double", "swap", "added")),
    )
    if kind == "typo":
        return name[:at] + letter + name[at + 1 :]
    if kind == "double":
        return name[:at] + name[at] + name[at:]
    if kind == "added":
        return name[:at] + letter + name[at:]
    if kind == "swap" and at + 1 < len(name) and name[at + 1].isalnum():
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name[:at] + name[at + 1 :]


def variants(name: str, kind: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """(what was done, the name) for each way in which a listed name may be written."""
    plain = name
    if kind == "person" and name.count(",") == 1:
        surname, given = name.split(",")
        plain = f"{given.strip()} {surname.strip()}"
    words = plain.replace(",", "").split()
    yield "exact", name
    yield "order", " ".join(reversed(words))
    yield "case", plain.swapcase()
    yield (
        "marks",
        "".join(rng.choice(_MARKED.get(x, x)) if rng.random() < 0.35 else x for x in plain),
    )
    yield "one slip", slip(plain, rng)
    yield "two slips", slip(slip(plain, rng), rng)
    at = rng.randrange(max(1, len(words) - 1))
    yield "swapped words", " ".join([*words[:at], *words[at : at + 2][::-1], *words[at + 2 :]])
    if len(words) > 2:
        at = rng.randrange(1, len(words) - 1)
        yield "middle dropped", " ".join(words[:at] + words[at + 1 :])
