#pragma once

#include <napi.h>

namespace cloudsync {

// Puts every command that lib/native.ts may call on `exports`. Commands with a call number return
// at once and are answered by a `settled` event; the others answer `{ value }` or `{ error }`.
void exportCommands(Napi::Env env, Napi::Object exports);

}  // namespace cloudsync
