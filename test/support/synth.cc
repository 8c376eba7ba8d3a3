#include "support/synth.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "base/base64.h"
#include "support/synth_parts.h"

namespace exaudit::test {

namespace {

constexpr std::uint64_t kMaxMailboxes = 10'000'000;
constexpr std::uint64_t kMaxServers = 10'000;
constexpr std::uint64_t kMaxStores = 20;  // an Enterprise server has four storage groups of five stores
constexpr std::uint64_t kMaxDomains = 1000;

constexpr std::array<std::string_view, kSynthFaults> kNames = {
    "home-mdb-missing",     "home-mdb-not-found", "home-mta-deleted",    "home-mta-mismatch",
    "home-server-mismatch", "legacy-dn-missing",  "legacy-dn-duplicate", "proxy-duplicate"};

bool is_duplicate(SynthFault fault) {
  return fault == SynthFault::legacy_dn_duplicate || fault == SynthFault::proxy_duplicate;
}

base::Guid guid_from(std::uint64_t seed, std::uint64_t kind, std::uint64_t number) {
  base::Guid out;
  for (const std::size_t half : {0, 8}) {
    std::uint64_t bits = mixed(seed, kind + half, number);
    for (std::size_t i = 0; i < 8; ++i, bits >>= 8) out.octets[half + i] = static_cast<std::uint8_t>(bits);
  }
  return out;
}

// The number that undoes a multiplication by `factor` modulo `modulus`; they have no common divisor.
std::uint64_t inverse_of(std::uint64_t factor, std::uint64_t modulus) {
  std::int64_t a = static_cast<std::int64_t>(factor);
  std::int64_t b = static_cast<std::int64_t>(modulus);
  std::int64_t x = 1;
  std::int64_t y = 0;
  while (b != 0) {
    const std::int64_t quotient = a / b;
    a = std::exchange(b, a - quotient * b);
    x = std::exchange(y, x - quotient * y);
  }
  const std::int64_t m = static_cast<std::int64_t>(modulus);
  return static_cast<std::uint64_t>((x % m + m) % m);
}

}  // namespace

std::span<const std::string_view> synth_fault_names() { return kNames; }

std::uint64_t SynthFaultCounts::mailboxes() const {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    // No more than can be added up; the largest organization is far below that.
    const std::uint64_t count = std::min(counts_[i], kMaxMailboxes * 2);
    out += is_duplicate(static_cast<SynthFault>(i)) ? 2 * count : count;
  }
  return out;
}

std::optional<std::string> synth_problem(const SynthOptions& options) {
  const auto outside = [](std::string_view what, std::uint64_t value, std::uint64_t low, std::uint64_t high) {
    return value >= low && value <= high
               ? std::optional<std::string>()
               : fmt::format("an organization has {} to {} {}, not {}", low, high, what, value);
  };
  for (const auto& problem : {outside("mailboxes", options.mailboxes, 0, kMaxMailboxes),
                              outside("servers", options.servers, 1, kMaxServers),
                              outside("mailbox stores per server", options.stores, 1, kMaxStores),
                              outside("domains", options.domains, 1, kMaxDomains)}) {
    if (problem) return problem;
  }
  if (options.faults.mailboxes() > options.mailboxes) {
    return fmt::format(
        "there are {} mailboxes, too few for the faults: each takes a mailbox, a duplicate takes two",
        options.mailboxes);
  }
  return std::nullopt;
}

std::uint64_t mixed(std::uint64_t seed, std::uint64_t kind, std::uint64_t number) {
  // splitmix64, https://prng.di.unimi.it/splitmix64.c
  std::uint64_t z = (seed * 64 + kind) * 0x9E3779B97F4A7C15U + number * 0xD1B54A32D192ED03U;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

SynthLayout::SynthLayout(const SynthOptions& options) {
  constexpr std::uint64_t kStoreGuids = 16;
  for (std::uint64_t i = 0; i < options.domains; ++i) {
    const std::string child = i == 0 ? "" : fmt::format("region{}", i);
    domains.push_back(i == 0 ? SynthDomain{"DC=contoso,DC=test", "contoso.test"}
                             : SynthDomain{"DC=" + child + ",DC=contoso,DC=test", child + ".contoso.test"});
  }
  configuration_dn = "CN=Configuration," + domains[0].dn;
  organization_dn = "CN=Contoso,CN=Microsoft Exchange,CN=Services," + configuration_dn;
  group_dn = "CN=First Administrative Group,CN=Administrative Groups," + organization_dn;
  group_legacy_dn = "/o=Contoso/ou=First Administrative Group";
  for (std::uint64_t i = 0; i < options.servers; ++i) {
    SynthServer& server = servers.emplace_back();
    server.name = fmt::format("MAIL{}", i + 1);
    server.dn = fmt::format("CN={},CN=Servers,{}", server.name, group_dn);
    server.mta_dn = "CN=Microsoft MTA," + server.dn;
    server.legacy_dn = group_legacy_dn + "/cn=Configuration/cn=Servers/cn=" + server.name;
    server.storage_group_dn = "CN=First Storage Group,CN=InformationStore," + server.dn;
    server.domain = i % options.domains;
    for (std::uint64_t k = 0; k <= options.stores; ++k) {
      SynthStore& store = server.stores.emplace_back();
      store.is_public = k == options.stores;
      store.name = store.is_public ? fmt::format("Public Folder Store ({})", server.name)
                                   : fmt::format("Mailbox Store {} ({})", k + 1, server.name);
      store.dn = fmt::format("CN={},{}", store.name, server.storage_group_dn);
      store.guid = guid_from(options.seed, kStoreGuids, i * (kMaxStores + 1) + k);
    }
  }
}

SynthPlan::SynthPlan(const SynthOptions& options) : options_(options), faulty_(options.faults.mailboxes()) {
  constexpr std::uint64_t kPlan = 1;
  const std::uint64_t count = options.mailboxes;
  if (count < 2) return;
  factor_ = mixed(options.seed, kPlan, 0) % count;
  while (std::gcd(factor_, count) != 1) factor_ = (factor_ + 1) % count;
  inverse_ = inverse_of(factor_, count);
  shift_ = mixed(options.seed, kPlan, 1) % count;
}

std::uint64_t SynthPlan::mailbox_of(std::uint64_t slot) const {
  const std::uint64_t count = options_.mailboxes;
  return (slot + count - shift_) % count * inverse_ % count;
}

std::optional<SynthPlan::Fault> SynthPlan::of(std::uint64_t mailbox) const {
  std::uint64_t slot = (mailbox * factor_ + shift_) % options_.mailboxes;
  if (slot >= faulty_) return std::nullopt;
  const std::uint64_t all = slot;
  for (std::size_t i = 0; i < kSynthFaults; ++i) {
    const auto fault = static_cast<SynthFault>(i);
    const std::uint64_t taken = options_.faults[fault] * (is_duplicate(fault) ? 2 : 1);
    if (slot >= taken) {
      slot -= taken;
    } else if (is_duplicate(fault) && slot % 2 == 1) {
      return Fault{fault, mailbox_of(all - 1)};
    } else {
      return Fault{fault};
    }
  }
  return std::nullopt;
}

void SynthText::octets(std::string_view name, std::string_view value) {
  const std::size_t begin = buffer_.size();
  buffer_.append(name).append(":: ").append(base::base64_encode(value));
  end_line(begin);
}

void SynthText::guid(std::string_view name, const base::Guid& value) {
  octets(name, {reinterpret_cast<const char*>(value.octets.data()), value.octets.size()});
}

bool SynthText::is_ascii(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return static_cast<signed char>(c) >= 0; });
}

void SynthText::fold_line(std::size_t begin) {
  const std::string whole = buffer_.substr(begin);
  buffer_.resize(begin + kWidth);
  for (std::size_t at = kWidth; at < whole.size(); at += kWidth - 1)
    buffer_.append(end_).append(" ").append(whole, at, kWidth - 1);
}

void SynthText::flush() {
  if (good_ && !buffer_.empty()) good_ = sink_(buffer_);
  buffer_.clear();
}

bool write_synth(const SynthOptions& options, const SynthSink& sink) {
  const SynthLayout layout(options);
  SynthText out(options, sink);
  write_synth_configuration(layout, out);
  for (std::uint64_t domain = 0; domain < options.domains && out.good(); ++domain) {
    write_synth_domain(layout, options, domain, out);
    write_synth_mailboxes(layout, options, domain, options.mailboxes * domain / options.domains,
                          options.mailboxes * (domain + 1) / options.domains, out);
  }
  out.flush();
  return out.good();
}

std::string synth_text(const SynthOptions& options) {
  std::string out;
  write_synth(options, [&](std::string_view text) {
    out += text;
    return true;
  });
  return out;
}

}  // namespace exaudit::test
