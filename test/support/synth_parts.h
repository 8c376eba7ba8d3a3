// What the two halves of a made organization share: names, the plan of its faults, and the output.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/guid.h"
#include "support/synth.h"

namespace exaudit::test {

// A number that depends on all of these and looks like chance.
std::uint64_t mixed(std::uint64_t seed, std::uint64_t kind, std::uint64_t number);

// Names of what stands in the configuration, made once.
struct SynthStore {
  std::string name, dn;
  base::Guid guid;
  bool is_public = false;
};
struct SynthServer {
  std::string name, dn, mta_dn, legacy_dn, storage_group_dn;
  std::uint64_t domain = 0;
  std::vector<SynthStore> stores;  // mailbox stores, then the public one
};
struct SynthDomain {
  std::string dn, name;
};
struct SynthLayout {
  explicit SynthLayout(const SynthOptions& options);

  std::string configuration_dn, organization_dn, group_dn, group_legacy_dn;
  std::vector<SynthDomain> domains;
  std::vector<SynthServer> servers;
};

// Which mailbox has which fault. The faulty ones are spread over the whole forest.
class SynthPlan {
 public:
  explicit SynthPlan(const SynthOptions& options);

  struct Fault {
    SynthFault fault;
    // Of a duplicate: the mailbox whose value this one has too; nothing for the one that keeps its own.
    std::optional<std::uint64_t> other = {};
  };
  std::optional<Fault> of(std::uint64_t mailbox) const;

 private:
  // Mailboxes are numbered again by slot = (mailbox * factor + shift) mod count; the first slots are faulty.
  std::uint64_t mailbox_of(std::uint64_t slot) const;

  const SynthOptions& options_;
  std::uint64_t faulty_, factor_ = 1, inverse_ = 1, shift_ = 0;
};

// LDIF, line by line.
class SynthText {
 public:
  SynthText(const SynthOptions& options, const SynthSink& sink)
      : sink_(sink), end_(options.crlf ? "\r\n" : "\n") {
    buffer_.reserve(kFull + kFull / 4);
  }

  // Of the record that begins.
  void fold(bool yes) { folds_ = yes; }

  // "name: value"; the value is the pieces one behind the other and needs no base64.
  template <typename... Pieces>
  void line(std::string_view name, const Pieces&... pieces) {
    const std::size_t begin = buffer_.size();
    buffer_.append(name).append(": ");
    (buffer_.append(pieces), ...);
    end_line(begin);
  }
  // In base64 when something in it is not ASCII.
  template <typename... Pieces>
  void text(std::string_view name, const Pieces&... pieces) {
    scratch_.clear();
    (scratch_.append(pieces), ...);
    is_ascii(scratch_) ? line(name, scratch_) : octets(name, scratch_);
  }
  void octets(std::string_view name, std::string_view value);
  void guid(std::string_view name, const base::Guid& value);

  void end_record() {
    buffer_.append(end_);
    if (buffer_.size() >= kFull) flush();
  }
  void flush();
  bool good() const { return good_; }

 private:
  static constexpr std::size_t kFull = std::size_t{1} << 20;
  static constexpr std::size_t kWidth = 78;

  static bool is_ascii(std::string_view value);
  void end_line(std::size_t begin) {
    if (folds_ && buffer_.size() - begin > kWidth) fold_line(begin);
    buffer_.append(end_);
  }
  void fold_line(std::size_t begin);

  const SynthSink& sink_;
  std::string_view end_;
  std::string buffer_, scratch_;
  bool folds_ = false;
  bool good_ = true;
};

void write_synth_configuration(const SynthLayout& layout, SynthText& out);
// The domain itself and the system mailboxes of its servers.
void write_synth_domain(const SynthLayout& layout, const SynthOptions& options, std::uint64_t domain,
                        SynthText& out);
// Mailboxes [begin, end), which are in this domain.
void write_synth_mailboxes(const SynthLayout& layout, const SynthOptions& options, std::uint64_t domain,
                           std::uint64_t begin, std::uint64_t end, SynthText& out);

}  // namespace exaudit::test
