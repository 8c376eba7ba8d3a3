// From a symptom to the articles and rules: what an event, an error number or a complaint points to.
//
//   find_symptoms("0x80040148")    -> the codes' row: KB 828938 or KB 840469, and how to tell them apart
//   find_symptoms("event 1194")    -> its three rows
//   find_symptoms("outbox")        -> the complaints that speak of it
//
// The table is symptoms.tsv, made from the articles themselves; columns, separated by tabs ("-" = none):
//   kind         event | code | phrase
//   value        event: source and id, then words that tell its variants apart ("MSExchangeIS 1194 MAPIRPC");
//                code: a number as find_symptoms reads it; phrase: the words of the complaint
//   article      numbers, separated by blanks
//   rules        ids of rules, or all of a family with a star ("KB828938.gateway-*"), separated by blanks
//   meaning      what it means and what to look at
//   look_alikes  what else looks so
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rules/rule.h"

namespace exaudit::rules {

enum class SymptomKind { event, code, phrase };
std::string_view symptom_kind_name(SymptomKind kind);

struct Symptom {
  SymptomKind kind = SymptomKind::phrase;
  std::string value;
  std::vector<std::string> articles;
  std::vector<const Rule*> rules;    // stars resolved, in the order of the table
  std::string meaning, look_alikes;  // look_alikes may be empty
};

// Errors name the line: an unknown kind, a code that is no number, a rule that does not exist.
base::Result<std::vector<Symptom>> parse_symptoms(std::string_view tsv);
const std::vector<Symptom>& built_in_symptoms();

// An error code in any notation, as its 32 bits: 0x80040148, 0x80040148L, 80040148 and 80040148h (eight
// hexadecimal digits), -2147221176, 2147746120, 4b1. Eight decimal digits may be either; both are given.
std::vector<std::uint32_t> code_values(std::string_view text);

// All that the query points to, best first. Numbers are compared by value with codes and event ids ("event"
// or "error" beside a number leaves only these, and events whose source is named), letters without case; a
// word matches one that begins with it, from four letters on. Of a phrase, all words of the query must be in
// the row, or half of the row's in the query.
std::vector<const Symptom*> find_symptoms(std::string_view query);

}  // namespace exaudit::rules
