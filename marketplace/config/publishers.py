"""Where the publishers of lists offer them: file names by source, each with its address."""

_OFAC = "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports"

ADDRESSES = {
    "ofac_sdn": {
        "sdn.csv": f"{_OFAC}/SDN.CSV",
        "alt.csv": f"{_OFAC}/ALT.CSV",
        "add.csv": f"{_OFAC}/ADD.CSV",
        "sdn_comments.csv": f"{_OFAC}/SDN_COMMENTS.CSV",
    },
    "ofac_cons": {
        "cons_prim.csv": f"{_OFAC}/CONS_PRIM.CSV",
        "cons_alt.csv": f"{_OFAC}/CONS_ALT.CSV",
        "cons_add.csv": f"{_OFAC}/CONS_ADD.CSV",
        "cons_comments.csv": f"{_OFAC}/CONS_COMMENTS.CSV",
    },
    "us_csl": {
        "consolidated.json": "https://data.trade.gov/downloadable_consolidated_screening_list/v1/"
        "consolidated.json"
    },
    "un_sc": {
        "consolidated.xml": "https://scsanctions.un.org/resources/xml/en/consolidated.xml",
    },
    # the token is part of the public address
    "eu_fsf": {
        "full.xml": "https://webgate.ec.europa.eu/fsd/fsf/public/files/xmlFullSanctionsList_1_1/"
        "content?token=dG9rZW4tMjAxNw"
    },
    "uk_sl": {
        "uk_sanctions_list.xml": "https://sanctionslist.fcdo.gov.uk/docs/UK-Sanctions-List.xml"
    },
    "bis_dpl": {"dpl.txt": "https://www.bis.doc.gov/dpl/dpl.txt"},
}
