#include "events/mailbox.h"

#include <string>
#include <variant>

namespace cloudsync {

namespace {

bool canWait(const Event& event) {
  if (const auto* transfer = std::get_if<TransferEvent>(&event)) return transfer->canWait;
  return std::holds_alternative<RunProgress>(event) || std::holds_alternative<Notice>(event);
}

}  // namespace

Mailbox::Mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

void Mailbox::post(Event event) {
  bool first = false;
  {
    auto state = state_.lock();
    if (state->closed) return;
    first = state->unread.empty();
    bool hurried = !canWait(event) && !state->hurried;
    state->hurried = state->hurried || hurried;
    add(*state, std::move(event));
    first = (first || hurried) && !state->unread.empty();
  }
  if (first) wake_();
}

bool Mailbox::hurried() { return state_.lock()->hurried; }

std::vector<Event> Mailbox::drain() {
  std::vector<Event> events;
  auto state = state_.lock();
  if (state->noticesLeftOut > 0) {
    Notice rest;
    rest.kind = ErrorKind::limit;
    rest.message = std::to_string(state->noticesLeftOut) + " more notices were left out";
    state->unread.push_back(std::move(rest));
  }
  events.swap(state->unread);
  state->transfers.clear();
  state->runs.clear();
  state->notices = 0;
  state->noticesLeftOut = 0;
  state->hurried = false;
  return events;
}

void Mailbox::close() {
  auto state = state_.lock();
  *state = State{};
  state->closed = true;
}

void Mailbox::add(State& state, Event event) {
  if (auto* transfer = std::get_if<TransferEvent>(&event)) {
    addTransfer(state, std::move(*transfer));
  } else if (auto* progress = std::get_if<RunProgress>(&event)) {
    addProgress(state, std::move(*progress));
  } else if (auto* notice = std::get_if<Notice>(&event)) {
    addNotice(state, std::move(*notice));
  } else {
    // Progress after a state of its run takes a new place behind it.
    if (const auto* sync = std::get_if<SyncEvent>(&event)) state.runs.erase(sync->space);
    state.unread.push_back(std::move(event));
  }
}

void Mailbox::addTransfer(State& state, TransferEvent event) {
  const bool final = event.state != TransferState::running;
  auto [slot, fresh] = state.transfers.try_emplace(Transfer{event.watcher, event.task});
  if (slot->second.ended) return;
  slot->second.ended = final;
  if (fresh || final) {
    slot->second.index = state.unread.size();
    state.unread.push_back(std::move(event));
  } else {
    state.unread[slot->second.index] = std::move(event);
  }
}

void Mailbox::addProgress(State& state, RunProgress event) {
  auto [slot, fresh] = state.runs.try_emplace(event.space, state.unread.size());
  if (fresh) {
    state.unread.push_back(std::move(event));
  } else {
    state.unread[slot->second] = std::move(event);
  }
}

void Mailbox::addNotice(State& state, Notice notice) {
  if (state.notices == kUnreadNotices) {
    ++state.noticesLeftOut;
    return;
  }
  ++state.notices;
  state.unread.push_back(std::move(notice));
}

}  // namespace cloudsync
