// What is not a result: the catalogue of rules (`exaudit rules`), and the model itself (`exaudit list`), as
// text and as JSON.
//
// JSON of the rules:  {"format": "exaudit-rules", "version": 1, "tool": {...}, "rules": [{"id", "title",
// "article", "severity", "area", "products",
//                      "subject", "needs": [...], "reasons": [...]}]}
// JSON of the model:  {"format": "exaudit-list", "version": 1, "tool": {...}, "list": [{"kind", "name",
// "fields": {...},
//                      "location": {"input", "line"} or null, "children": [...]}]}; a field that occurs
//                      several times is an array.
#pragma once

#include <string>
#include <vector>

#include "facts/input.h"
#include "model/listing.h"
#include "rules/rule.h"

namespace exaudit::report {

std::string rules_text(const std::vector<const rules::Rule*>& rules);  // grouped by article, sorted by id
std::string rules_json(const std::vector<const rules::Rule*>& rules);

// `inputs` resolve the locations. Values are made visible.
std::string listing_text(const std::vector<model::ListNode>& nodes, const std::vector<facts::Input>& inputs);
std::string listing_json(const std::vector<model::ListNode>& nodes, const std::vector<facts::Input>& inputs);

}  // namespace exaudit::report
