#pragma once

#include <napi.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "events/event.h"
#include "service/config.h"
#include "service/service.h"

// JavaScript values <-> core values: the only place that spells property names. lib/native.ts
// declares the same shapes; lib/ has checked what comes down, so a wrong type is a bug and throws.
namespace cloudsync {

Config toConfig(const Napi::Object& object);
DeviceConditions toConditions(const Napi::Object& object);
std::string toText(const Napi::Value& value);
std::vector<std::string> toTexts(const Napi::Value& value);
// Ids and sizes that lib/ made: whole numbers from 0 to 2^53 - 1.
std::uint64_t toNumber(const Napi::Value& value);

Napi::Value toJs(Napi::Env env, const Event& event);
Napi::Value toJs(Napi::Env env, const Value& value);
Napi::Object toJs(Napi::Env env, const Error& error);
Napi::Object toJs(Napi::Env env, const SyncEvent& event);

// What a command answers with: `{ value }` or `{ error }`.
Napi::Object outcome(Napi::Env env, const Error& error);
Napi::Object outcome(Napi::Env env, const Napi::Value& value);
Napi::Object outcome(Napi::Env env, const Status& status);

}  // namespace cloudsync
