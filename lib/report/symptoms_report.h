// What a symptom points to (`exaudit explain SYMPTOM`), as text and as JSON.
//
// JSON: {"format": "exaudit-symptoms", "version": 1, "tool": {...}, "query": "...", "symptoms": [{"kind",
// "value",
//        "articles": ["828938"], "rules": ["KB828938.gateway-missing"], "meaning", "look_alikes" or null,
//        "needs": ["directory"]}]}
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/symptoms.h"

namespace exaudit::report {

std::string symptoms_text(const std::vector<const rules::Symptom*>& symptoms, std::size_t width);
std::string symptoms_json(std::string_view query, const std::vector<const rules::Symptom*>& symptoms);

// What can be asked, in one line: the events, the codes, and examples of complaints.
std::string symptoms_hint();

// A rule's or an article's page as JSON: {"format": "exaudit-page", "version": 1, "tool", "name",
// "markdown"}.
std::string page_json(std::string_view name, std::string_view markdown);

}  // namespace exaudit::report
