#include "readers/ldif_names.h"

#include <algorithm>

#include "base/text.h"
#include "facts/judged_attributes.h"
#include "facts/value_hash.h"
#include "readers/ldif_lines.h"

namespace exaudit::readers::ldif {

namespace {

void give_meaning(std::string_view description, Names::Known& out) {
  const std::string_view name = description.substr(0, description.find(';'));
  out.attribute = facts::recipient_attribute(name);
  out.bookkeeping = static_cast<std::uint8_t>(facts::bookkeeping_bit(name));
  out.judged = facts::judged_bit(name);
  if (base::ascii_iequals(name, "dn")) {
    out.name = Name::dn;
  } else if (base::ascii_iequals(name, "changetype")) {
    out.name = Name::change_type;
  } else if (base::ascii_iequals(name, "control")) {
    out.name = Name::control;
  } else if (out.bookkeeping != 0) {
    out.name = Name::bookkeeping;
  } else if (out.attribute != facts::RecipientAttribute::none) {
    out.name = Name::recipient;
  }
  if (out.name != Name::other && name.size() != description.size()) out.name = Name::careful;
}

}  // namespace

Names::Names() : known_(1) {}

std::uint16_t Names::find(const char* at, const char* end, std::uint16_t before) {
  if (end - at < static_cast<std::ptrdiff_t>(base::kWide)) return look_up(at, end);
  std::array<std::uint16_t, 2>& next = known_[before].next;
  for (const std::uint16_t index : next) {
    const Known& known = known_[index];
    if (known.size != 0 && base::same_beginning(at, known.text.data(), known.size)) return index;
  }
  const std::uint16_t found = look_up(at, end);
  std::array<std::uint16_t, 2>& again = known_[before].next;  // the table may have grown
  if (found != 0) again = {found, again[0]};
  return found;
}

std::uint16_t Names::look_up(const char* at, const char* end) {
  const char* colon = at;
  while (colon < end && is_description_char(*colon)) ++colon;
  if (colon == at || colon == end || *colon != ':') return 0;
  const std::string_view text(at, static_cast<std::size_t>(colon + 1 - at));
  if (text.size() > base::kWide) return 0;
  std::size_t slot = facts::hash_bytes(text) % kSlots;
  for (; slots_[slot] != 0; slot = (slot + 1) % kSlots) {
    const Known& known = known_[slots_[slot]];
    if (std::string_view(known.text.data(), known.size) == text) return slots_[slot];
  }
  if (known_.size() > kSlots / 2) return 0;  // no directory has so many; the careful reader takes over
  Known fresh;
  std::copy(text.begin(), text.end(), fresh.text.begin());
  fresh.size = static_cast<std::uint8_t>(text.size());
  give_meaning(text.substr(0, text.size() - 1), fresh);
  slots_[slot] = static_cast<std::uint16_t>(known_.size());
  known_.push_back(fresh);
  return slots_[slot];
}

}  // namespace exaudit::readers::ldif
