// The mailboxes of a made organization. This is where the volume is: no formatting, few allocations.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "support/synth_parts.h"

namespace exaudit::test {

namespace {

// Name as people write it, and as the first half of an address has it.
struct Name {
  std::string_view text, plain;
};
constexpr std::array<Name, 16> kGiven = {{{"Anna", "anna"},
                                          {"Bruno", "bruno"},
                                          {"Carmen", "carmen"},
                                          {"David", "david"},
                                          {"Elena", "elena"},
                                          {"Filip", "filip"},
                                          {"Gabriela", "gabriela"},
                                          {"Henrik", "henrik"},
                                          {"Irina", "irina"},
                                          {"Jakob", "jakob"},
                                          {"Katarina", "katarina"},
                                          {"Lorenzo", "lorenzo"},
                                          {"Mercedes", "mercedes"},
                                          {"Nikolai", "nikolai"},
                                          {"Olivia", "olivia"},
                                          {"Patrick", "patrick"}}};
constexpr std::array<Name, 16> kFamily = {{{"Alvarez", "alvarez"},
                                           {"Berger", "berger"},
                                           {"Castellano", "castellano"},
                                           {"Dubois", "dubois"},
                                           {"Eriksson", "eriksson"},
                                           {"Fischer", "fischer"},
                                           {"Grabowski", "grabowski"},
                                           {"Hansen", "hansen"},
                                           {"Ivanov", "ivanov"},
                                           {"Jankovic", "jankovic"},
                                           {"Kowalski", "kowalski"},
                                           {"Lindberg", "lindberg"},
                                           {"Moreau", "moreau"},
                                           {"Novak", "novak"},
                                           {"Oliveira", "oliveira"},
                                           {"Petersen", "petersen"}}};
constexpr std::array<Name, 8> kGivenBeyondAscii = {{{"Jürgen", "juergen"},
                                                    {"Zoë", "zoe"},
                                                    {"François", "francois"},
                                                    {"Łukasz", "lukasz"},
                                                    {"Åsa", "asa"},
                                                    {"Дмитрий", "dmitri"},
                                                    {"José", "jose"},
                                                    {"Σοφία", "sofia"}}};
constexpr std::array<Name, 8> kFamilyBeyondAscii = {{{"Müller", "mueller"},
                                                     {"Grüßner", "gruessner"},
                                                     {"Lefèvre", "lefevre"},
                                                     {"Wiśniewski", "wisniewski"},
                                                     {"Sjöström", "sjostrom"},
                                                     {"Иванов", "ivanov"},
                                                     {"Núñez", "nunez"},
                                                     {"Παπαδόπουλος", "papadopoulos"}}};

// Kinds of chance.
constexpr std::uint64_t kNames = 2;
constexpr std::uint64_t kPlace = 3;
constexpr std::uint64_t kGuid = 4;  // two
constexpr std::uint64_t kMailboxGuid = 6;
constexpr std::uint64_t kOther = 8;

// A number as text of a fixed width, without an allocation.
class Digits {
 public:
  explicit Digits(std::uint64_t number, int width) {
    for (int i = width - 1; i >= 0; --i, number /= 10) text_[i] = static_cast<char>('0' + number % 10);
    width_ = static_cast<std::size_t>(width);
  }
  operator std::string_view() const { return {text_, width_}; }  // NOLINT(google-explicit-constructor)

 private:
  char text_[20] = {};
  std::size_t width_;
};

bool each(std::uint64_t every, std::uint64_t number) { return every != 0 && number % every == 0; }

class Mailboxes {
 public:
  Mailboxes(const SynthLayout& layout, const SynthOptions& options, std::uint64_t domain, SynthText& out)
      : layout_(layout),
        options_(options),
        plan_(options),
        domain_(layout.domains[domain]),
        out_(out),
        object_category_("CN=Person,CN=Schema," + layout.configuration_dn),
        deleted_mta_("CN=Microsoft MTA\\0ADEL:4352683f-c43a-519e-a9fa-1bce0c62a1fc,CN=Deleted Objects," +
                     layout.configuration_dn) {}

  void write(std::uint64_t number) {
    const Person person = person_of(number);
    const auto fault = plan_.of(number);
    const std::uint64_t place = mixed(options_.seed, kPlace, number);
    const SynthServer& server = layout_.servers[place % options_.servers];
    const SynthStore& store = server.stores[(place >> 32) % options_.stores];
    out_.fold(each(options_.folded_every, number));
    identity(number, person);
    links(server, store, fault);
    addresses(number, person, fault);
    account(number, person);
    out_.fold(false);
    out_.end_record();
  }

 private:
  struct Person {
    Name given, family;
    std::string alias;  // unlike everybody else's
    Digits digits;
  };

  Person person_of(std::uint64_t number) const {
    constexpr int kDigits = 8;
    const std::uint64_t bits = mixed(options_.seed, kNames, number);
    const bool beyond = each(options_.base64_every, number);
    const Digits digits(number, kDigits);
    const Name given = beyond ? kGivenBeyondAscii[bits % 8] : kGiven[bits % 16];
    const Name family = beyond ? kFamilyBeyondAscii[(bits >> 8) % 8] : kFamily[(bits >> 8) % 16];
    std::string alias(family.plain);
    alias.append(digits);
    return {given, family, std::move(alias), digits};
  }

  bool has(const std::optional<SynthPlan::Fault>& fault, SynthFault which) const {
    return fault && fault->fault == which;
  }

  void guid(std::string_view name, std::uint64_t kind, std::uint64_t number) {
    const std::uint64_t halves[] = {mixed(options_.seed, kind, number),
                                    mixed(options_.seed, kind + 1, number)};
    char octets[16];
    for (std::size_t i = 0; i < sizeof octets; ++i)
      octets[i] = static_cast<char>(halves[i / 8] >> (i % 8 * 8));
    out_.octets(name, {octets, sizeof octets});
  }

  void identity(std::uint64_t number, const Person& person) {
    constexpr std::uint64_t kUnits = 97;
    name_.assign(person.given.text).append(" ").append(person.family.text).append(" ").append(person.digits);
    dn_.assign("CN=").append(name_).append(",OU=Department ");
    dn_.append(Digits(number % kUnits, 2)).append(",OU=Staff,").append(domain_.dn);
    out_.text("dn", dn_);
    out_.line("changetype", "add");
    for (const char* each : {"top", "person", "organizationalPerson", "user"}) out_.line("objectClass", each);
    out_.text("cn", name_);
    out_.text("sn", person.family.text);
    out_.text("givenName", person.given.text);
    out_.text("distinguishedName", dn_);
    out_.line("instanceType", "4");
    const Digits minutes(number % 60, 2);
    const Digits seconds(number / 60 % 60, 2);
    out_.line("whenCreated", "2003061108", minutes, seconds, ".0Z");
    out_.line("whenChanged", "2004051109", seconds, minutes, ".0Z");
    out_.text("displayName", person.family.text, ", ", person.given.text);
    out_.line("uSNCreated", Digits(100'000'000 + number, 9));
    out_.line("uSNChanged", Digits(500'000'000 + number * 3, 9));
  }

  // Another server than the right one, or one that is gone when there is no other.
  const SynthServer* other_than(const SynthServer& server) const {
    const auto index = static_cast<std::size_t>(&server - layout_.servers.data());
    return layout_.servers.size() < 2 ? nullptr : &layout_.servers[(index + 1) % layout_.servers.size()];
  }

  void links(const SynthServer& server, const SynthStore& store,
             const std::optional<SynthPlan::Fault>& fault) {
    const SynthServer* other = other_than(server);
    if (has(fault, SynthFault::home_mta_deleted)) {
      out_.line("homeMTA", deleted_mta_);
    } else if (has(fault, SynthFault::home_mta_mismatch)) {
      other != nullptr ? out_.line("homeMTA", other->mta_dn)
                       : out_.line("homeMTA", "CN=Microsoft MTA,CN=RETIRED1,CN=Servers,", layout_.group_dn);
    } else {
      out_.line("homeMTA", server.mta_dn);
    }
    if (has(fault, SynthFault::home_mdb_not_found)) {
      out_.line("homeMDB", "CN=Retired Store,", server.storage_group_dn);
    } else if (!has(fault, SynthFault::home_mdb_missing)) {
      out_.line("homeMDB", store.dn);
    }
    if (!has(fault, SynthFault::home_server_mismatch)) {
      out_.line("msExchHomeServerName", server.legacy_dn);
    } else if (other != nullptr) {
      out_.line("msExchHomeServerName", other->legacy_dn);
    } else {
      out_.line("msExchHomeServerName", layout_.group_legacy_dn, "/cn=Configuration/cn=Servers/cn=RETIRED1");
    }
  }

  void addresses(std::uint64_t number, const Person& person, const std::optional<SynthPlan::Fault>& fault) {
    // The second of a pair spells the common value in capitals in every other case.
    const auto shared = [&](std::uint64_t owner) {
      std::string alias = person_of(owner).alias;
      if (owner % 2 == 0) std::transform(alias.begin(), alias.end(), alias.begin(), base::ascii_upper);
      return alias;
    };
    const std::string& alias = person.alias;
    out_.line("proxyAddresses", "SMTP:", alias, "@contoso.test");
    if (has(fault, SynthFault::proxy_duplicate) && fault->other) {
      out_.line("proxyAddresses", "smtp:", shared(*fault->other), "@contoso.test");
    } else {
      out_.line("proxyAddresses", "smtp:", person.given.plain, ".", alias, "@mail.contoso.test");
    }
    out_.line("proxyAddresses", "X400:c=US;a= ;p=Contoso;o=Exchange;s=", person.family.plain,
              ";g=", person.given.plain, ";q=", person.digits, ";");
    if (has(fault, SynthFault::legacy_dn_duplicate) && fault->other) {
      out_.line("legacyExchangeDN", layout_.group_legacy_dn, "/cn=Recipients/cn=", shared(*fault->other));
    } else if (!has(fault, SynthFault::legacy_dn_missing)) {
      out_.line("legacyExchangeDN", layout_.group_legacy_dn, "/cn=Recipients/cn=", alias);
    }
    out_.line("mail", alias, "@contoso.test");
    out_.line("mailNickname", alias);
    guid("msExchMailboxGuid", kMailboxGuid, number);
  }

  void account(std::uint64_t number, const Person& person) {
    out_.text("name", name_);
    guid("objectGUID", kGuid, number);
    out_.line("userAccountControl", "512");
    sid(number);
    out_.line("sAMAccountName", person.alias);
    out_.line("mDBUseDefaults", "TRUE");
    out_.line("objectCategory", object_category_);
    out_.line("msExchALObjectVersion", "46");
  }

  // S-1-5-21, three numbers of the domain, and that of the account.
  void sid(std::uint64_t number) {
    char octets[28] = {1, 5, 0, 0, 0, 0, 0, 5, 21};
    for (std::size_t i = 0; i < 12; ++i)
      octets[12 + i] = static_cast<char>(mixed(options_.seed, kOther, i + domain_.dn.size()));
    for (std::size_t i = 0; i < 4; ++i) octets[24 + i] = static_cast<char>((number + 1100) >> (i * 8));
    out_.octets("objectSid", {octets, sizeof octets});
  }

  const SynthLayout& layout_;
  const SynthOptions& options_;
  const SynthPlan plan_;
  const SynthDomain& domain_;
  SynthText& out_;
  const std::string object_category_, deleted_mta_;
  std::string name_, dn_;  // of the mailbox that is being written
};

}  // namespace

void write_synth_mailboxes(const SynthLayout& layout, const SynthOptions& options, std::uint64_t domain,
                           std::uint64_t begin, std::uint64_t end, SynthText& out) {
  Mailboxes writer(layout, options, domain, out);
  for (std::uint64_t number = begin; number < end && out.good(); ++number) writer.write(number);
}

}  // namespace exaudit::test
