// LDIF (RFC 2849) as it is collected from a server: to be audited at once, or kept in a bundle.
//
// Auditing live is auditing this text: what a bundle holds and what a live audit sees are the same bytes,
// read by the same reader.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "base/result.h"
#include "collectors/ldap_client.h"

namespace exaudit::collectors {

class LdifOutput {
 public:
  // Into an unnamed temporary file; small ones stay in memory.
  LdifOutput() : spool_(std::make_unique<base::Spool>()) {}
  // Into a new file.
  explicit LdifOutput(const std::string& path) : spool_(std::make_unique<base::Spool>(path)) {}

  void comment(std::string_view name, std::string_view value);  // "# name: value"
  void begin_entry(std::string_view dn);
  void value(std::string_view attribute, std::string_view value);
  void end_entry();
  void line(std::string_view text);  // as it is

  // What comes after the mark is taken back by rewind.
  std::uint64_t mark();
  bool rewind(std::uint64_t mark);

  // False once the disk is full.
  bool good() const { return good_; }
  base::Result<base::BufferPtr> finish();

 private:
  void flush();

  std::unique_ptr<base::Spool> spool_;
  std::string pending_;
  bool good_ = true;
};

}  // namespace exaudit::collectors
