#include "binding/convert.h"

#include <cmath>
#include <string_view>

namespace cloudsync {

namespace {

Napi::Value get(const Napi::Object& object, const char* name) { return object.Get(name); }

bool has(const Napi::Object& object, const char* name) { return !get(object, name).IsUndefined(); }

std::string text(const Napi::Object& object, const char* name) { return toText(get(object, name)); }

double real(const Napi::Object& object, const char* name) {
  return get(object, name).As<Napi::Number>().DoubleValue();
}

bool flag(const Napi::Object& object, const char* name) {
  return get(object, name).As<Napi::Boolean>().Value();
}

// The enums of the configuration by the words of the configuration.
ContentPolicy contentPolicy(const std::string& word) {
  return word == "on-demand" ? ContentPolicy::onDemand : ContentPolicy::all;
}

Direction direction(const std::string& word) {
  if (word == "upload") return Direction::upload;
  if (word == "download") return Direction::download;
  return Direction::both;
}

SymlinkPolicy symlinkPolicy(const std::string& word) {
  return word == "preserve" ? SymlinkPolicy::preserve : SymlinkPolicy::skip;
}

RemoteConfig toRemote(const Napi::Object& object) {
  RemoteConfig remote;
  remote.url = text(object, "url");
  const auto options = get(object, "options").As<Napi::Object>();
  for (const std::string& name : toTexts(options.GetPropertyNames())) {
    remote.options[name] = toText(options.Get(name));
  }
  return remote;
}

SpaceConfig toSpace(const Napi::Object& object) {
  SpaceConfig space;
  space.name = text(object, "name");
  space.root = text(object, "root");
  space.remote = toRemote(get(object, "remote").As<Napi::Object>());
  space.content = contentPolicy(text(object, "content"));
  space.mediaOnly = flag(object, "mediaOnly");
  space.uriPrefix = text(object, "uriPrefix");
  space.deletionLimitFiles = toNumber(get(object, "deletionLimitFiles"));
  space.deletionLimitShare = real(object, "deletionLimitShare");
  space.trashDays = static_cast<std::int64_t>(toNumber(get(object, "trashDays")));
  space.direction = direction(text(object, "direction"));
  space.symlinks = symlinkPolicy(text(object, "symlinks"));
  space.ignore = toTexts(get(object, "ignore"));
  return space;
}

template <class Number>
Napi::Number number(Napi::Env env, Number value) {
  return Napi::Number::New(env, static_cast<double>(value));
}

Napi::String word(Napi::Env env, std::string_view value) {
  return Napi::String::New(env, value.data(), value.size());
}

Napi::Object typed(Napi::Env env, const char* type) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("type", type);
  return object;
}

Napi::Value of(Napi::Env env, const RunProgress& event) {
  Napi::Object object = typed(env, "progress");
  object.Set("space", event.space);
  object.Set("phase", number(env, static_cast<int>(event.phase)));
  object.Set("filesDone", number(env, event.filesDone));
  object.Set("filesTotal", number(env, event.filesTotal));
  object.Set("bytesDone", number(env, event.bytesDone));
  object.Set("bytesTotal", number(env, event.bytesTotal));
  object.Set("scanned", number(env, event.scanned));
  object.Set("failed", number(env, event.failed));
  object.Set("skipped", number(env, event.skipped));
  return object;
}

Napi::Value of(Napi::Env env, const TransferEvent& event) {
  Napi::Object object = typed(env, "transfer");
  object.Set("watcher", number(env, event.watcher));
  object.Set("uri", event.uri);
  object.Set("state", number(env, static_cast<int>(event.state)));
  object.Set("processed", number(env, event.processed));
  object.Set("size", number(env, event.size));
  if (event.error) object.Set("error", word(env, nameOf(*event.error)));
  return object;
}

Napi::Value of(Napi::Env env, const Notice& notice) {
  Napi::Object object = typed(env, "notice");
  object.Set("space", notice.space);
  object.Set("path", notice.path);
  object.Set("kind", word(env, nameOf(notice.kind)));
  object.Set("message", notice.message);
  return object;
}

Napi::Value of(Napi::Env env, const Settled& settled) {
  Napi::Object object = settled.result.ok() ? outcome(env, toJs(env, settled.result.value()))
                                            : outcome(env, settled.result.error());
  object.Set("type", "settled");
  object.Set("call", number(env, settled.call.value));
  return object;
}

Napi::Value of(Napi::Env env, const SyncEvent& event) { return toJs(env, event); }

Napi::Value of(Napi::Env env, std::monostate) { return env.Undefined(); }
Napi::Value of(Napi::Env env, bool value) { return Napi::Boolean::New(env, value); }
Napi::Value of(Napi::Env env, std::int64_t value) { return number(env, value); }
Napi::Value of(Napi::Env env, const std::string& value) { return word(env, value); }

template <class T, class Make>
Napi::Array array(Napi::Env env, const std::vector<T>& values, const Make& make) {
  Napi::Array list = Napi::Array::New(env, values.size());
  for (std::uint32_t i = 0; i < values.size(); ++i) list.Set(i, make(values[i]));
  return list;
}

Napi::Value of(Napi::Env env, const std::vector<int>& values) {
  return array(env, values, [env](int value) { return number(env, value); });
}

Napi::Object of(Napi::Env env, const EntryInfo& entry) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("path", entry.path);
  object.Set("uri", entry.uri);
  object.Set("directory", entry.directory);
  object.Set("size", number(env, entry.size));
  object.Set("state", number(env, static_cast<int>(entry.state)));
  object.Set("location", number(env, static_cast<int>(entry.location)));
  object.Set("sha256", entry.sha256);
  object.Set("version", entry.version);
  object.Set("modifyTime", number(env, entry.modifyTime / 1'000'000));  // ms, as Date has it
  return object;
}

Napi::Value of(Napi::Env env, const EntryPage& page) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("entries", array(env, page.entries, [env](const EntryInfo& e) { return of(env, e); }));
  object.Set("next", page.next);
  return object;
}

Napi::Value of(Napi::Env env, const TrashPage& page) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("entries", array(env, page.entries, [env](const TrashedInfo& entry) {
               Napi::Object trashed = Napi::Object::New(env);
               trashed.Set("id", entry.id);
               trashed.Set("path", entry.path);
               trashed.Set("inCloud", entry.inCloud);
               trashed.Set("size", number(env, entry.size));
               trashed.Set("removedAt", number(env, entry.removedAt / 1'000'000));
               trashed.Set("reason", entry.reason);
               return trashed;
             }));
  object.Set("next", page.next);
  return object;
}

Napi::Value of(Napi::Env env, const OlderContents& contents) {
  return array(env, contents, [env](const OlderContent& content) {
    Napi::Object older = Napi::Object::New(env);
    older.Set("id", content.id);
    older.Set("size", number(env, content.size));
    older.Set("modifyTime", number(env, content.modifyTime / 1'000'000));
    older.Set("sha256", content.sha256);
    return older;
  });
}

Napi::Object of(Napi::Env env, const PlannedOp& op) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("kind", op.kind);
  object.Set("path", op.path);
  object.Set("size", number(env, op.size));
  object.Set("outcome", op.outcome);
  object.Set("message", op.message);
  return object;
}

Napi::Value of(Napi::Env env, const PlanInfo& plan) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("id", plan.id);
  object.Set("halts", array(env, plan.halts, [env](const PlanInfo::Reason& reason) {
               Napi::Object halt = Napi::Object::New(env);
               halt.Set("reason", reason.name);
               halt.Set("message", reason.message);
               return halt;
             }));
  object.Set("totals", array(env, plan.totals, [env](const PlanInfo::Total& total) {
               Napi::Object sum = Napi::Object::New(env);
               sum.Set("kind", total.kind);
               sum.Set("outcome", total.outcome);
               sum.Set("count", number(env, total.count));
               sum.Set("bytes", number(env, total.bytes));
               return sum;
             }));
  object.Set("ops", array(env, plan.ops, [env](const PlannedOp& op) { return of(env, op); }));
  return object;
}

}  // namespace

std::string toText(const Napi::Value& value) { return value.As<Napi::String>().Utf8Value(); }

std::vector<std::string> toTexts(const Napi::Value& value) {
  const auto list = value.As<Napi::Array>();
  std::vector<std::string> texts;
  texts.reserve(list.Length());
  for (std::uint32_t i = 0; i < list.Length(); ++i) texts.push_back(toText(list.Get(i)));
  return texts;
}

std::uint64_t toNumber(const Napi::Value& value) {
  const double number = value.As<Napi::Number>().DoubleValue();
  if (!(number >= 0 && number <= 9007199254740991.0 && std::trunc(number) == number)) {
    throw Napi::TypeError::New(value.Env(), "a whole number was expected");
  }
  return static_cast<std::uint64_t>(number);
}

Config toConfig(const Napi::Object& object) {
  Config config;
  config.stateDir = text(object, "stateDir");
  config.deviceName = text(object, "deviceName");
  const auto spaces = get(object, "spaces").As<Napi::Array>();
  for (std::uint32_t i = 0; i < spaces.Length(); ++i) {
    config.spaces.push_back(toSpace(spaces.Get(i).As<Napi::Object>()));
  }
  const auto limits = get(object, "limits").As<Napi::Object>();
  if (has(limits, "transfers")) config.limits.transfers = toNumber(get(limits, "transfers"));
  if (has(limits, "memoryBytes")) config.limits.memoryBytes = toNumber(get(limits, "memoryBytes"));
  config.limits.uploadBytesPerSecond = toNumber(get(limits, "uploadBytesPerSecond"));
  config.limits.downloadBytesPerSecond = toNumber(get(limits, "downloadBytesPerSecond"));
  return config;
}

DeviceConditions toConditions(const Napi::Object& object) {
  DeviceConditions conditions;
  conditions.networkAvailable = flag(object, "networkAvailable");
  conditions.charging = flag(object, "charging");
  conditions.batteryPercent = static_cast<int>(real(object, "batteryPercent"));
  conditions.overheated = flag(object, "overheated");
  return conditions;
}

Napi::Value toJs(Napi::Env env, const Event& event) {
  return std::visit([env](const auto& alternative) { return of(env, alternative); }, event);
}

Napi::Value toJs(Napi::Env env, const Value& value) {
  return std::visit([env](const auto& alternative) { return of(env, alternative); }, value);
}

Napi::Object toJs(Napi::Env env, const Error& error) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("kind", word(env, nameOf(error.kind)));
  object.Set("message", error.message);
  object.Set("subject", error.subject);
  object.Set("systemCode", number(env, error.systemCode));
  return object;
}

Napi::Object toJs(Napi::Env env, const SyncEvent& event) {
  Napi::Object object = typed(env, "sync");
  object.Set("space", event.space);
  object.Set("state", number(env, static_cast<int>(event.state)));
  object.Set("error", number(env, static_cast<int>(event.error)));
  object.Set("final", event.final);
  return object;
}

Napi::Object outcome(Napi::Env env, const Error& error) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("error", toJs(env, error));
  return object;
}

Napi::Object outcome(Napi::Env env, const Napi::Value& value) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("value", value);
  return object;
}

Napi::Object outcome(Napi::Env env, const Status& status) {
  return status.ok() ? outcome(env, Napi::Value(env.Undefined())) : outcome(env, status.error());
}

}  // namespace cloudsync
