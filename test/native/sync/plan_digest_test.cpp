#include "sync/plan_digest.h"

#include <gtest/gtest.h>

#include <vector>

namespace cloudsync {
namespace {

PlanOp removal(std::string key, std::string version) {
  PlanOp op;
  op.kind = PlanOp::Kind::removeRemote;
  op.key = std::move(key);
  op.remoteExpected = std::move(version);
  return op;
}

std::string nameOf(const std::vector<PlanOp>& ops, std::vector<Halt> halts = {}) {
  PlanDigest digest;
  for (const PlanOp& op : ops) digest.add(op);
  return digest.name("gallery", halts);
}

TEST(PlanDigest, NamesASetWhateverItsOrder) {
  PlanOp a = removal("a", "1");
  PlanOp b = removal("b", "2");
  EXPECT_EQ(nameOf({a, b}), nameOf({b, a}));
  EXPECT_NE(nameOf({a, b}), nameOf({a}));
  EXPECT_NE(nameOf({a, a}), nameOf({}));
  EXPECT_EQ(nameOf({a}).size(), 16u);
}

TEST(PlanDigest, TellsEveryStateApart) {
  PlanOp plain = removal("a", "1");
  PlanOp local = plain;
  local.kind = PlanOp::Kind::removeLocal;
  local.remoteExpected.reset();
  local.localExpected = Fingerprint{1, 2, 3, 4, 5};
  std::vector<std::string> names = {nameOf({plain}), nameOf({removal("a", "2")}),
                                    nameOf({removal("b", "1")}), nameOf({removal("a", "")}),
                                    nameOf({local})};
  for (Fingerprint print :
       {Fingerprint{9, 2, 3, 4, 5}, Fingerprint{1, 9, 3, 4, 5}, Fingerprint{1, 2, 9, 4, 5},
        Fingerprint{1, 2, 3, 9, 5}, Fingerprint{1, 2, 3, 4, 9}}) {
    local.localExpected = print;
    names.push_back(nameOf({local}));
  }
  local.localExpected.reset();
  names.push_back(nameOf({local}));
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(names[i], names[j]) << i << " " << j;
  }
}

TEST(PlanDigest, KnowsADirectoryByItsNameAlone) {
  PlanOp directory = removal("d/", "1");
  PlanOp touched = directory;
  touched.localExpected = Fingerprint{1, 2, 3, 4, 5};
  EXPECT_EQ(nameOf({directory}), nameOf({touched}));
  EXPECT_NE(nameOf({directory}), nameOf({removal("e/", "1")}));
}

TEST(PlanDigest, TellsWhyItIsHeld) {
  Halt first;
  first.reason = "remote-foreign";
  first.evidence = "x";
  Halt second = first;
  second.evidence = "y";
  EXPECT_NE(nameOf({}, {first}), nameOf({}, {second}));
  EXPECT_NE(PlanDigest().name("a", {}), PlanDigest().name("b", {}));
}

}  // namespace
}  // namespace cloudsync
