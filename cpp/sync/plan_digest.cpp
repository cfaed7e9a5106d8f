#include "sync/plan_digest.h"

#include "base/sha256.h"

namespace cloudsync {

namespace {

constexpr std::size_t kDigits = 16;

// Each field with its length in front: no two lists of fields read the same.
class Fields {
 public:
  void text(std::string_view text) {
    number(text.size());
    hasher_.update({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  }
  void number(std::uint64_t value) {
    std::array<std::uint8_t, 8> bytes{};
    for (std::uint8_t& byte : bytes) {
      byte = static_cast<std::uint8_t>(value);
      value >>= 8;
    }
    hasher_.update(bytes);
  }
  Sha256 finish() { return hasher_.finish(); }

 private:
  Sha256Hasher hasher_;
};

void addPrint(Fields& fields, const Fingerprint& print) {
  fields.number(print.inode);
  fields.number(static_cast<std::uint64_t>(print.birthTime));
  fields.number(print.size);
  fields.number(static_cast<std::uint64_t>(print.modifyTime));
  fields.number(static_cast<std::uint64_t>(print.changeTime));
}

}  // namespace

void PlanDigest::add(const PlanOp& op) {
  Fields fields;
  fields.number(static_cast<std::uint64_t>(op.kind));
  fields.text(op.key);
  // A directory goes only when it is empty: its times, which every file in it moves, say nothing.
  bool withState = !op.key.ends_with('/');
  if (withState && op.localExpected) addPrint(fields, *op.localExpected);
  fields.number(withState && op.remoteExpected ? 1 : 0);
  if (withState && op.remoteExpected) fields.text(*op.remoteExpected);
  const Sha256 hash = fields.finish();
  for (std::size_t i = 0; i < hash.bytes.size(); ++i) {
    sum_[i / 8] += std::uint64_t{hash.bytes[i]} << (i % 8 * 8);
  }
}

std::string PlanDigest::name(std::string_view space, std::span<const Halt> halts) const {
  Fields fields;
  fields.text(space);
  for (std::uint64_t lane : sum_) fields.number(lane);
  for (const Halt& halt : halts) {
    fields.text(halt.reason);
    fields.text(halt.evidence);
  }
  return fields.finish().hex().substr(0, kDigits);
}

}  // namespace cloudsync
