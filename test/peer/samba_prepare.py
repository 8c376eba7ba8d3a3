"""Prepares the databases of a new Samba domain controller, before samba starts.

usage: samba_prepare.py SMB_CONF SCHEMA_LDIF, with the password of all accounts as standard input

Loads the schema (ldapschema/exchange-ad.ldif), gives the administrator a password, makes an ordinary user "visitor" and
another one, "auditor", who may read what lies below CN=Services, as an Exchange View Only Administrator may, and registers
the controller's LDAP service with Kerberos. Wants Debian's python3 with python3-samba.
"""
import sys

import ldb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB
from samba.sd_utils import SDUtils


def load_schema(database, path):
    """Definitions that stand between two schemaUpdateNow are one transaction: the next ones may name them."""
    with open(path, encoding="ascii") as file:
        text = file.read().replace("DC=X", str(database.get_root_basedn()))
    database.transaction_start()
    for change, message in database.parse_ldif(text):
        if str(message.dn) == "":
            database.transaction_commit()
            database.set_schema_update_now()
            database.transaction_start()
        elif change == ldb.CHANGETYPE_ADD:
            database.add(message, ["relax:0"])
        else:
            database.modify(message, ["relax:0"])
    database.transaction_commit()


def allow_reading(database, user):
    services = ldb.Dn(database, f"CN=Services,{database.get_config_basedn()}")
    account = database.search(expression=f"(sAMAccountName={user})", attrs=["objectSid"])[0]
    sid = database.schema_format_value("objectSid", account["objectSid"][0]).decode()
    SDUtils(database).dacl_add_ace(services, f"(A;CI;RPLCLORC;;;{sid})")


def register_service(database, configuration):
    name = configuration.get("netbios name")
    host = f"{name}.{configuration.get('realm')}".lower()
    controller = database.search(expression=f"(sAMAccountName={name}$)", attrs=[])[0].dn
    service = ldb.MessageElement(f"ldap/{host}", ldb.FLAG_MOD_ADD, "servicePrincipalName")
    message = ldb.Message(controller)
    message["servicePrincipalName"] = service
    try:
        database.modify(message)
    except ldb.LdbError as error:
        if error.args[0] != ldb.ERR_ATTRIBUTE_OR_VALUE_EXISTS:
            raise


def main():
    configuration = LoadParm()
    configuration.load(sys.argv[1])
    database = SamDB(url=configuration.private_path("sam.ldb"), session_info=system_session(), lp=configuration)
    password = sys.stdin.readline().rstrip("\n")
    load_schema(database, sys.argv[2])
    database.setpassword("(sAMAccountName=Administrator)", password)
    database.newuser("visitor", password)
    database.newuser("auditor", password)
    allow_reading(database, "auditor")
    register_service(database, configuration)


main()
