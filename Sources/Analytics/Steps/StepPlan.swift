// Steps made ready for segments: which events fill which.

import Columnar
import EvtCore
import Query

/// The steps by event, and the conditions that must be looked at row by row.
struct StepPlan: Sendable {
  /// An alternative with a condition: rows that meet it fill `step` as well.
  struct Conditional: Sendable {
    /// From 0.
    var step: Int
    var predicate: BoundPredicate
  }

  let masks: StepMasks
  /// By event: the id of the steps that it fills without condition. Names are compared byte by
  /// byte, as the store keeps them.
  let maskByEvent: [ExactText: UInt32]
  /// The id of the steps that any other event fills without condition.
  let maskOfOthers: UInt32
  /// The id of the set that holds step 1 alone.
  let entryMask: UInt32
  let conditionals: [Conditional]
  /// The events that can fill a step; nil when any can.
  let events: [String]?

  /// Creates the plan of `steps`.
  /// - Parameter bind: makes a predicate of a condition of a step, counted from 0.
  init(
    steps: [EventStep], bind: (EventStep.Condition, Int) throws -> BoundPredicate
  ) rethrows {
    var masks = StepMasks(stepCount: steps.count)
    var ofAnyEvent: [Int] = []
    var ofEvent: [ExactText: [Int]] = [:]
    var conditionals: [Conditional] = []
    var takesAnyEvent = false
    for (step, alternative) in steps.enumerated().flatMap({ step in
      step.element.alternatives.map { (step.offset, $0) }
    }) {
      if let event = alternative.event {
        ofEvent[ExactText(event), default: []] += alternative.condition == nil ? [step] : []
      } else {
        takesAnyEvent = true
        if alternative.condition == nil { ofAnyEvent.append(step) }
      }
      guard let condition = alternative.condition else { continue }
      let predicate = try bind(condition, step)
      conditionals.append(
        Conditional(
          step: step,
          predicate: alternative.event.map { BoundPredicate(events: [$0]).and(predicate) }
            ?? predicate))
    }
    entryMask = masks.id(of: [0])
    maskOfOthers = masks.id(of: ofAnyEvent)
    var maskByEvent: [ExactText: UInt32] = [:]
    for (event, steps) in ofEvent.sorted(by: { $0.key < $1.key }) {
      maskByEvent[event] = masks.id(of: steps + ofAnyEvent)
    }
    self.masks = masks
    self.maskByEvent = maskByEvent
    self.conditionals = conditionals
    events = takesAnyEvent ? nil : maskByEvent.keys.sorted().map(\.text)
  }

  /// The id of the steps that `event` fills without condition.
  func mask(of event: String) -> UInt32 { maskByEvent[ExactText(event)] ?? maskOfOthers }

  /// The id of the steps that every event fills; nil when events differ, or fill none.
  var markOfEveryEvent: UInt32? {
    let isUniform = conditionals.isEmpty && maskByEvent.values.allSatisfy { $0 == maskOfOthers }
    return isUniform && maskOfOthers != 0 ? maskOfOthers : nil
  }

  /// At most so many of `rowCount` rows, counted by event if the names are known, can fill a step.
  func rowsMax(rowCount: Int, events counts: some Sequence<(name: String, count: UInt64)>) -> Int {
    guard let events else { return rowCount }
    let names = Set(events)
    return min(
      rowCount,
      counts.reduce(0) { $0 &+ (names.contains($1.name) ? Int(clamping: $1.count) : 0) })
  }
}
