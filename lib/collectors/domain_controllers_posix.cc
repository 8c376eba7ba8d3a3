// DNS on POSIX systems: the resolver of the C library.
#include "collectors/domain_controllers.h"

#include <arpa/nameser.h>
#include <array>
#include <netdb.h>
#include <resolv.h>

#include <fmt/format.h>

namespace exaudit::collectors {

namespace {

constexpr std::size_t kMaxAnswer = 65'535;  // a DNS message over TCP
constexpr std::size_t kServiceFixed = 6;    // priority, weight, port

class Resolver {
 public:
  Resolver() : ready_(res_ninit(&state_) == 0) {}
  ~Resolver() {
    if (ready_) res_nclose(&state_);
  }
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  bool ready() const { return ready_; }
  struct __res_state* get() {
    return &state_;
  }

 private:
  struct __res_state state_ {};
  bool ready_;
};

}  // namespace

base::Result<std::vector<ServiceTarget>> parse_service_answer(std::string_view answer) {
  ns_msg message{};
  const auto* const bytes =
      reinterpret_cast<const unsigned char*>(answer.data());  // NOLINT(*-reinterpret-cast)
  if (answer.size() > kMaxAnswer || ns_initparse(bytes, static_cast<int>(answer.size()), &message) != 0)
    return base::Error{base::ErrorCode::syntax, "the DNS answer makes no sense", 0};
  std::vector<ServiceTarget> out;
  for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
    ns_rr record{};
    if (ns_parserr(&message, ns_s_an, i, &record) != 0)
      return base::Error{base::ErrorCode::syntax, "the DNS answer makes no sense", 0};
    if (ns_rr_type(record) != ns_t_srv || ns_rr_rdlen(record) <= kServiceFixed) continue;
    const unsigned char* data = ns_rr_rdata(record);
    std::array<char, NS_MAXDNAME> name{};
    if (dn_expand(bytes, bytes + answer.size(), data + kServiceFixed, name.data(),
                  static_cast<int>(name.size())) < 0)
      continue;
    ServiceTarget target;
    target.priority = static_cast<std::uint16_t>(ns_get16(data));
    target.weight = static_cast<std::uint16_t>(ns_get16(data + 2));
    target.port = static_cast<std::uint16_t>(ns_get16(data + 4));
    target.host = name.data();
    if (!target.host.empty() && target.host != ".") out.push_back(std::move(target));
  }
  return out;
}

base::Result<std::vector<ServiceTarget>> lookup_service(const std::string& name) {
  Resolver resolver;
  if (!resolver.ready()) return base::Error{base::ErrorCode::io, "the DNS resolver cannot be used", 0};
  std::string answer(kMaxAnswer, '\0');
  auto* const space = reinterpret_cast<unsigned char*>(answer.data());  // NOLINT(*-reinterpret-cast)
  const int size =
      res_nquery(resolver.get(), name.c_str(), ns_c_in, ns_t_srv, space, static_cast<int>(answer.size()));
  if (size < 0) {
    const int reason = resolver.get()->res_h_errno;
    if (reason == HOST_NOT_FOUND || reason == NO_DATA) return std::vector<ServiceTarget>();
    return base::Error{base::ErrorCode::io,
                       fmt::format("DNS does not answer for {}: {}", name, hstrerror(reason)), 0};
  }
  return parse_service_answer(std::string_view(answer).substr(0, static_cast<std::size_t>(size)));
}

}  // namespace exaudit::collectors
