// The model as a tree of names and fields, for `exaudit list`: what is there, and how it hangs together.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "facts/location.h"
#include "model/case.h"

namespace exaudit::model {

struct ListNode {
  std::string kind, name;
  std::vector<std::pair<std::string, std::string>> fields;
  std::vector<ListNode> children;
  facts::Location location;
};

// `what` is servers, storage-groups, stores, gateways, machines or all.
std::vector<ListNode> listing(const Case&, std::string_view what);

}  // namespace exaudit::model
