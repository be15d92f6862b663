"""Hand-kept words for the matcher: legal forms and spellings that mean the same. Data only."""

#: words that say what a firm is in law, not which firm it is
LEGAL = frozenset(
    """
    co ltd llc inc corp plc gmbh ag sa sarl srl spa bv nv pte sdn bhd pt cv tbk jsc ojsc pjsc cjsc
    ooo oao zao pao fze fzc fzco llp lp pvt private public joint stock wll kk kft doo ltda oy ab
    """.split()  # noqa: SIM905  a table to be read
)

#: one spelling for each legal form and for a few words that firms and lists write both ways
SPELLING = {
    "limited": "ltd",
    "company": "co",
    "corporation": "corp",
    "incorporated": "inc",
    "compania": "co",
    "compagnie": "co",
    "berhad": "bhd",
    "sendirian": "sdn",
    "technologies": "technology",
    "mohammed": "mohammad",
    "muhammad": "mohammad",
    "mohamed": "mohammad",
    "mohd": "mohammad",
}
