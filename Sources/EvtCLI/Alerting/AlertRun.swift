// One run of all rules: judge, tell, remember.

import Analytics
import EvtCore
import Store

/// What a run came to for one rule.
struct AlertResult {
  var message: AlertMessage
  /// Since when the rule is alerting or pending.
  var since: Int64?
  /// The channels that took a notice in this run.
  var delivered: [String] = []
  /// What was due.
  var notices: [AlertNotice] = []

  var isAlerting: Bool { message.outcome.isAlerting }
  /// Whether there is something that people should see.
  var isNews: Bool { isAlerting || !notices.isEmpty }
}

/// Evaluates the rules of a file on a store.
struct AlertRun {
  let file: AlertFile
  let snapshot: Snapshot
  let now: Int64

  private(set) var results: [AlertResult] = []
  /// What the rules name but the store has never seen.
  private(set) var remarks: [String] = []
  private var memory: AlertMemory

  /// Judges the rules, and finds out who must be told, given what was remembered.
  /// - Throws: `ConfigError` for conditions that make no sense in this store, `MalformedBytes` for
  ///   a memory that is none, `StoreError`.
  init(
    _ file: AlertFile, _ snapshot: Snapshot, remembered: [UInt8]?, now: Int64, pool: WorkerPool
  ) throws {
    self.file = file
    self.snapshot = snapshot
    self.now = now
    memory = try remembered.map { bytes in try AlertMemory(decoding: bytes) } ?? AlertMemory()
    let rules = file.rules.map(\.rule)
    let outcomes: [AlertOutcome]
    do {
      (outcomes, remarks) = try AlertEvaluation(rules, now: now).run(on: snapshot, pool: pool)
    } catch let error as AlertRuleError {
      throw file.error(error)
    }
    for (rule, outcome) in zip(rules, outcomes) {
      let notices = memory.observe(rule, outcome, now: now)
      let message = AlertMessage(
        rule: rule, outcome: outcome, now: now, store: snapshot.storePath,
        newestEvent: snapshot.newestEvent)
      results.append(
        AlertResult(
          message: message,
          since: outcome.isAlerting ? memory.since(rule.id) ?? outcome.since : outcome.since,
          notices: notices))
    }
  }

  /// What is remembered before the first run.
  static let nothingRemembered = AlertMemory().encoded

  /// What is to be remembered.
  var remembered: [UInt8] { memory.encoded }

  /// Delivers what is due. Whatever was delivered is remembered, also after an error.
  /// - Throws: `OutputError` when standard output fails.
  mutating func deliver(by delivery: inout AlertDelivery) throws {
    for index in results.indices {
      for notice in results[index].notices {
        guard try delivery.deliver(notice, results[index].message) else { continue }
        memory.confirm(notice, of: results[index].message.rule, now: now)
        results[index].delivered.append(notice.channel)
      }
    }
  }

  /// The payloads of all that is due, each with the channel's name.
  var payloads: [String] {
    results.flatMap { result in
      result.notices.compactMap { notice in
        guard let channel = file.channels[notice.channel] else { return nil }
        let payload =
          channel.endpoint == nil
          ? SafeText.escaped(result.message.line(notice))
          : result.message.payload(notice, for: channel.kind).text
        return "\(channel.name): \(payload)"
      }
    }
  }
}
