// The fast way through LDIF: plain records of a domain, nearly all there are in a large export, are
// recognised and go straight into the table of recipients; several threads share the work. Whatever is not
// plain in every respect (configuration, comments that say something, damage, changes, anything unusual) is
// left to the careful reader in ldif.cc, which is the only one that knows what to say about it. What is
// found is the same with and without this way; tests compare them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "facts/directory_view.h"
#include "readers/readers.h"

namespace exaudit::readers::ldif {

// Whole paragraphs (lines up to a blank one) that were left.
struct Leftover {
  std::uint64_t offset = 0, end = 0;
  std::uint32_t line = 0;
};

struct Scanned {
  std::vector<Leftover> leftovers;  // in the order of the text
  std::uint64_t records = 0;        // that were seen to
  bool stopped = false;             // options.stop said so
};

Scanned scan(std::string_view text, facts::InputId id, facts::ViewBuilder& builder,
             const LdifOptions& options);

}  // namespace exaudit::readers::ldif
