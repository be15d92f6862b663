"""Countries by the names that lists write them with, as ISO 3166-1 codes."""

import unicodedata
from collections.abc import Iterable

from .countries import CODES

#: a code and its names; the first are those of Unicode CLDR
_NAMES = """
    AD Andorra
    AE United Arab Emirates
    AF Afghanistan
    AG Antigua and Barbuda
    AI Anguilla
    AL Albania
    AM Armenia
    AO Angola
    AQ Antarctica
    AR Argentina
    AS American Samoa
    AT Austria
    AU Australia
    AW Aruba
    AX Åland Islands
    AZ Azerbaijan
    BA Bosnia and Herzegovina
    BB Barbados
    BD Bangladesh
    BE Belgium
    BF Burkina Faso
    BG Bulgaria
    BH Bahrain
    BI Burundi
    BJ Benin
    BL Saint Barthélemy
    BM Bermuda
    BN Brunei; Brunei Darussalam
    BO Bolivia; Bolivia (Plurinational State of)
    BQ Caribbean Netherlands
    BR Brazil
    BS Bahamas; Bahamas, The; The Bahamas
    BT Bhutan
    BV Bouvet Island
    BW Botswana
    BY Belarus
    BZ Belize
    CA Canada
    CC Cocos (Keeling) Islands
    CD Congo - Kinshasa; Congo, Democratic Republic of the; Democratic Republic of the Congo
    CF Central African Republic
    CG Congo - Brazzaville; Congo, Republic of the; Republic of the Congo; Congo
    CH Switzerland
    CI Côte d'Ivoire
    CK Cook Islands
    CL Chile
    CM Cameroon
    CN China; People's Republic of China; China, People's Republic of
    CO Colombia
    CR Costa Rica
    CU Cuba
    CV Cape Verde; Cabo Verde
    CW Curaçao
    CX Christmas Island
    CY Cyprus
    CZ Czechia; Czech Republic
    DE Germany
    DJ Djibouti
    DK Denmark
    DM Dominica
    DO Dominican Republic
    DZ Algeria
    EC Ecuador
    EE Estonia
    EG Egypt
    EH Western Sahara
    ER Eritrea
    ES Spain
    ET Ethiopia
    FI Finland
    FJ Fiji
    FK Falkland Islands
    FM Micronesia
    FO Faroe Islands
    FR France
    GA Gabon
    GB United Kingdom; United Kingdom of Great Britain and Northern Ireland; Great Britain
    GD Grenada
    GE Georgia
    GF French Guiana
    GG Guernsey
    GH Ghana
    GI Gibraltar
    GL Greenland
    GM Gambia; The Gambia; Gambia, The
    GN Guinea
    GP Guadeloupe
    GQ Equatorial Guinea
    GR Greece
    GS South Georgia and South Sandwich Islands
    GT Guatemala
    GU Guam
    GW Guinea-Bissau
    GY Guyana
    HK Hong Kong SAR China; Hong Kong; China, Hong Kong Special Administrative Region
    HM Heard and McDonald Islands
    HN Honduras
    HR Croatia
    HT Haiti
    HU Hungary
    ID Indonesia
    IE Ireland
    IL Israel
    IM Isle of Man
    IN India
    IO British Indian Ocean Territory
    IQ Iraq
    IR Iran; Iran (Islamic Republic of); Islamic Republic of Iran
    IS Iceland
    IT Italy
    JE Jersey
    JM Jamaica
    JO Jordan
    JP Japan
    KE Kenya
    KG Kyrgyzstan
    KH Cambodia
    KI Kiribati
    KM Comoros
    KN Saint Kitts and Nevis
    KP North Korea; Korea, North; Democratic People's Republic of Korea
    KR South Korea; Korea, South; Republic of Korea
    KW Kuwait
    KY Cayman Islands
    KZ Kazakhstan
    LA Laos; Lao People's Democratic Republic
    LB Lebanon
    LC Saint Lucia
    LI Liechtenstein
    LK Sri Lanka
    LR Liberia
    LS Lesotho
    LT Lithuania
    LU Luxembourg
    LV Latvia
    LY Libya
    MA Morocco
    MC Monaco
    MD Moldova; Republic of Moldova
    ME Montenegro
    MF Saint Martin
    MG Madagascar
    MH Marshall Islands
    MK North Macedonia; Macedonia
    ML Mali
    MM Myanmar (Burma); Burma; Myanmar
    MN Mongolia
    MO Macao SAR China; Macau; Macao; China, Macao Special Administrative Region
    MP Northern Mariana Islands
    MQ Martinique
    MR Mauritania
    MS Montserrat
    MT Malta
    MU Mauritius
    MV Maldives
    MW Malawi
    MX Mexico
    MY Malaysia
    MZ Mozambique
    NA Namibia
    NC New Caledonia
    NE Niger
    NF Norfolk Island
    NG Nigeria
    NI Nicaragua
    NL Netherlands
    NO Norway
    NP Nepal
    NR Nauru
    NU Niue
    NZ New Zealand
    OM Oman
    PA Panama
    PE Peru
    PF French Polynesia
    PG Papua New Guinea
    PH Philippines
    PK Pakistan
    PL Poland
    PM Saint Pierre and Miquelon
    PN Pitcairn Islands
    PR Puerto Rico
    PS Palestinian Territories; Palestinian; West Bank; Region: Gaza; State of Palestine; Palestine
    PT Portugal
    PW Palau
    PY Paraguay
    QA Qatar
    RE Réunion
    RO Romania
    RS Serbia
    RU Russia; Russian Federation
    RW Rwanda
    SA Saudi Arabia
    SB Solomon Islands
    SC Seychelles
    SD Sudan
    SE Sweden
    SG Singapore
    SH Saint Helena
    SI Slovenia
    SJ Svalbard and Jan Mayen
    SK Slovakia
    SL Sierra Leone
    SM San Marino
    SN Senegal
    SO Somalia
    SR Suriname
    SS South Sudan
    ST São Tomé and Príncipe
    SV El Salvador
    SX Sint Maarten
    SY Syria; Syrian Arab Republic
    SZ Eswatini; Swaziland
    TC Turks and Caicos Islands
    TD Chad
    TF French Southern Territories
    TG Togo
    TH Thailand
    TJ Tajikistan
    TK Tokelau
    TL Timor-Leste
    TM Turkmenistan
    TN Tunisia
    TO Tonga
    TR Turkey; Türkiye
    TT Trinidad and Tobago
    TV Tuvalu
    TW Taiwan; Taiwan, Province of China
    TZ Tanzania; United Republic of Tanzania
    UA Ukraine
    UG Uganda
    UM U.S. Outlying Islands
    US United States; United States of America
    UY Uruguay
    UZ Uzbekistan
    VA Vatican City
    VC Saint Vincent and Grenadines
    VE Venezuela; Venezuela (Bolivarian Republic of)
    VG British Virgin Islands; Virgin Islands, British
    VI U.S. Virgin Islands
    VN Vietnam; Viet Nam
    VU Vanuatu
    WF Wallis and Futuna
    WS Samoa
    YE Yemen
    YT Mayotte
    ZA South Africa
    ZM Zambia
    ZW Zimbabwe
"""


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


_CODES = {
    _plain(name): line[:2]
    for line in map(str.strip, _NAMES.strip().splitlines())
    for name in line[3:].split(";")
}


def codes_of(places: Iterable[str]) -> tuple[str, ...]:
    """The codes of all places, which are codes or names; nothing if one is no country we know.

    A list that names a place we cannot read must not pass for one that names other countries.
    """
    codes = {place if place in CODES else _CODES.get(_plain(place), "") for place in places}
    return () if "" in codes else tuple(sorted(codes))
