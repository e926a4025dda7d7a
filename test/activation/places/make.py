"""Makes the databases beside it: pip install mmdb_writer==0.2.7 && python make.py

Addresses are those of documentation (RFC 5737, RFC 3849), so a town is nobody's.
"""

from pathlib import Path

from mmdb_writer import MMDBWriter
from netaddr import IPSet

HERE = Path(__file__).parent

# As GeoLite2 City has them, over both versions of IP.
towns = MMDBWriter(6, "GeoLite2-City", languages=["en"], ipv4_compatible=True)
towns.insert_network(
    IPSet(["192.0.2.0/24"]),
    {
        "country": {"iso_code": "ES", "names": {"en": "Spain"}},
        "subdivisions": [{"iso_code": "AN", "names": {"en": "Andalusia"}}],
        "city": {"names": {"en": "Málaga"}},
    },
)
# As DB-IP City has them: regions without codes.
towns.insert_network(
    IPSet(["2001:db8:1::/48"]),
    {
        "country": {"iso_code": "DE", "names": {"en": "Germany"}},
        "subdivisions": [{"names": {"en": "Bavaria"}}],
        "city": {"names": {"en": "Augsburg"}},
    },
)
# Known to be on a continent, as satellites are.
towns.insert_network(IPSet(["198.51.100.0/24"]), {"continent": {"code": "EU"}})
towns.to_db_file(str(HERE / "towns.mmdb"))

countries = MMDBWriter(4, "DBIP-Country-Lite", languages=["en"])
countries.insert_network(IPSet(["192.0.2.0/24"]), {"country": {"iso_code": "ES"}})
# The first bits of 2001:db8::/32, read as an address of IPv4.
countries.insert_network(IPSet(["32.1.13.0/24"]), {"country": {"iso_code": "US"}})
countries.to_db_file(str(HERE / "countries.mmdb"))

networks = MMDBWriter(4, "GeoLite2-ASN", languages=["en"])
networks.insert_network(IPSet(["192.0.2.0/24"]), {"autonomous_system_number": 64496})
networks.to_db_file(str(HERE / "networks.mmdb"))
