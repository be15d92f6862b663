"""Hand-kept words of names: legal forms, industries, particles, spellings. Data only."""

#: what a firm is in law, not which firm it is; in the spelling of SPELLING
LEGAL = frozenset(
    """
    ab ag aktiebolag aktiengesellschaft anonim anonima as bhd bv cia cjsc co corp cv dba de
    dmcc doo est eurl fz fzc fzco fze gesellschaft gmbh inc joint jsc jszvenytarsasag
    kabushiki kaisha kft kg kk lc liability limitada llc llp lp ltd ltda mbh nv oao ohg ojsc
    ooo oy pao pjsc plc private pt pte public pvt responsabilidad rl sa saa sarl sas sdn
    sirketi slu sociedad societe spa srl sti stock tbk tic wll zao
    anstalt aps asa cong cp eireli gbr ip kgaa ks mchj me mtv nko npp ohg oyj perum pfa pp
    sasu sc scoop sci scp sl snc sp spj spk spzoo sro tnhh ty ud vos zoo
    """.split()  # noqa: SIM905  a table to be read
)

#: words that unrelated firms share: never identify a firm on their own
INDUSTRY = frozenset(
    """
    academy advanced aerospace agency agricultural agriculture air airlines airways
    artificial asia asian association auto automation automotive aviation bank beijing
    branch brothers building bureau business capital cargo center centre charity chemical
    chemicals china city cloud commerce commercial committee communication communications
    computer construction consulting control data defense department design development
    digital dubai east eastern electronics energy engineering enterprise environmental
    equipment exchange export factory finance financial first food foods forwarding
    foundation freight gas general global golden group gulf hardware holding hong hotel
    import industry information institute instrument instruments insurance intelligence
    intelligent international investment iran kong laboratory logistics machine machinery
    malaysia management manufacturing marine maritime marketing materials media medical
    metal microelectronics military mining ministry modern motor motors national navigation
    network networks new north northern ocean office oil optical optics organization pacific
    partners parts party petrochemical petroleum pharmaceutical plant plastics power
    precision product products province quantum research resources robot robotics rubber
    russia satellite science scientific security semiconductor service shanghai shenzhen
    shipping singapore smart society software solution sons south southern space special
    star state steel super supply system technology telecom telecommunications textile tool
    tourism trading transport transportation travel united university vehicle water west
    western works world
    """.split()  # noqa: SIM905  a table to be read
)

#: small words of personal and firm names, in any of their languages
PARTICLES = frozenset(
    """
    a abdul abu al and bin bint da das de del della den der di do dos du e el et for i in
    kizi la las le los of oglu the ul umm und van von y
    """.split()  # noqa: SIM905  a table to be read
)

_SPELLED = """
    abdul: abd
    abu: abou
    al: ad an ar as ash at az ed el er es ez ud ul
    bhd: berhad
    bin: ben ibn
    bint: binti
    co: compagnie compania companies company
    corp: corporate corporation
    development: dev
    electronics: elec electronic
    engineering: eng engineers
    enterprise: enterprises
    export: exports
    group: groups grp
    holding: holdings
    import: imports
    inc: incorporated
    industry: ind industrial industries
    institute: inst
    international: int intl
    logistics: logistic
    ltd: limited lmt
    manufacturing: manufacture manufacturer mfg
    mohammed: mohamad mohamed mohammad mohamud mohd muhamad muhammad muhammed
    science: sci sciences
    sdn: sendirian
    service: services svcs
    shipping: ship shpg
    solution: solutions
    system: systems
    technology: tech technologies tekhnologii
    trading: trade traders
    university: univ
"""

#: one spelling for words that firms, lists and passports write in several ways
SPELLING = {
    other: word.strip()
    for word, others in (line.split(":") for line in _SPELLED.strip().splitlines())
    for other in others.split()
}
