#include "report/catalogue.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "report/json_parts.h"

namespace exaudit::report {

namespace {

using model::ListNode;
using rules::Rule;

// The heading that a rule stands under: "KB828938" of "KB828938.gateway-missing".
std::string_view group_of(const Rule& rule) { return rule.id.substr(0, rule.id.find('.')); }

Json rule_json(const Rule& rule) {
  Json needs = Json::array();
  for (const findings::Need need : rule.needs) needs.push_back(findings::need_name(need));
  Json reasons = Json::array();
  for (const std::string_view reason : base::split(rule.reasons, ' ')) {
    if (!reason.empty()) reasons.push_back(json_text(reason));
  }
  return Json{{"id", json_text(rule.id)},
              {"title", json_text(rule.title)},
              {"article", json_text_or_null(rule.article)},
              {"severity", findings::severity_name(rule.severity)},
              {"area", json_text(rule.area)},
              {"products", json_text(rule.products)},
              {"subject", findings::subject_kind_name(rule.subject)},
              {"needs", std::move(needs)},
              {"reasons", std::move(reasons)}};
}

Json location_json(const facts::Location& at, const std::vector<facts::Input>& inputs) {
  if (!at.known() || at.input >= inputs.size()) return nullptr;
  return Json{{"input", json_text(inputs[at.input].path)},
              {"line", at.line == 0 || inputs[at.input].live ? Json(nullptr) : Json(at.line)}};
}

Json fields_json(const ListNode& node) {
  Json out = Json::object();
  for (const auto& [key, value] : node.fields) {
    const std::string name = base::to_valid_utf8(key);
    if (!out.contains(name)) {
      out[name] = json_text(value);
    } else {
      if (!out[name].is_array()) out[name] = Json::array({out[name]});
      out[name].push_back(json_text(value));
    }
  }
  return out;
}

// The tree is as deep as the model has levels (organization, administrative group, server, storage group,
// store, gateway), whatever the evidence.
Json node_json(const ListNode& node, const std::vector<facts::Input>& inputs) {
  Json children = Json::array();
  for (const ListNode& child : node.children) children.push_back(node_json(child, inputs));
  return Json{{"kind", json_text(node.kind)},
              {"name", json_text(node.name)},
              {"fields", fields_json(node)},
              {"location", location_json(node.location, inputs)},
              {"children", std::move(children)}};
}

void node_text(const ListNode& node, const std::vector<facts::Input>& inputs, std::size_t depth,
               std::string& out) {
  const std::string indent(depth * 4, ' ');
  out += fmt::format("{}{} {}", indent, node.kind, base::visible(node.name));
  if (node.location.known() && node.location.input < inputs.size()) {
    const facts::Input& input = inputs[node.location.input];
    out += fmt::format("  ({}{})", base::visible(input.path),
                       node.location.line == 0 || input.live ? "" : fmt::format(":{}", node.location.line));
  }
  out += '\n';
  std::size_t width = 0;
  for (const auto& [key, value] : node.fields) width = std::max(width, key.size());
  for (const auto& [key, value] : node.fields) {
    out += fmt::format("{}  {:<{}} {}\n", indent, key + ":", width + 1,
                       value.empty() ? "-" : base::visible(value));
  }
  for (const ListNode& child : node.children) node_text(child, inputs, depth + 1, out);
}

}  // namespace

std::string rules_text(const std::vector<const Rule*>& rules) {
  std::map<std::string_view, std::vector<const Rule*>> groups;
  std::size_t width = 0;
  for (const Rule* rule : rules) {
    groups[group_of(*rule)].push_back(rule);
    width = std::max(width, rule->id.size());
  }
  std::string out;
  for (const auto& [group, members] : groups) {
    out += fmt::format("{}{}\n", out.empty() ? "" : "\n", group);
    for (const Rule* rule : members) {
      out += fmt::format("  {:<{}}  {:<6}  {}\n", rule->id, width, findings::severity_name(rule->severity),
                         rule->title);
    }
  }
  out += fmt::format("{}{} rules; `exaudit explain RULE` tells more about one of them.\n",
                     out.empty() ? "" : "\n", rules.size());
  return out;
}

std::string rules_json(const std::vector<const Rule*>& rules) {
  Json list = Json::array();
  for (const Rule* rule : rules) list.push_back(rule_json(*rule));
  return json_dump(Json{{"format", "exaudit-rules"},
                        {"version", 1},
                        {"tool", json_tool()},
                        {"rules", std::move(list)}},
                   2) +
         "\n";
}

std::string listing_text(const std::vector<ListNode>& nodes, const std::vector<facts::Input>& inputs) {
  std::string out;
  for (const ListNode& node : nodes) node_text(node, inputs, 0, out);
  return out.empty() ? "Nothing of this kind in the evidence.\n" : out;
}

std::string listing_json(const std::vector<ListNode>& nodes, const std::vector<facts::Input>& inputs) {
  Json list = Json::array();
  for (const ListNode& node : nodes) list.push_back(node_json(node, inputs));
  return json_dump(Json{{"format", "exaudit-list"},
                        {"version", 1},
                        {"tool", json_tool()},
                        {"list", std::move(list)}},
                   2) +
         "\n";
}

}  // namespace exaudit::report
