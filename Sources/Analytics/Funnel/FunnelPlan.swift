// A funnel made ready for segments: which events fill which steps.

import Columnar

/// The steps by event, with the conditions that must be looked at row by row.
struct FunnelPlan: Sendable {
  /// An alternative with a condition: events that meet it fill `step` as well.
  struct Conditional: Sendable {
    /// From 0.
    var step: Int
    /// UTF-8 of the event's name; nil for any event.
    var event: [UInt8]?
    var condition: FunnelStep.Condition
  }

  private(set) var masks: StepMasks
  /// By UTF-8 of the name: the id of the steps that the event fills without condition. Names are
  /// compared byte by byte, as the store keeps them, not by canonical equivalence as String does.
  private(set) var maskByEvent: [[UInt8]: UInt32] = [:]
  /// The id of the steps that any other event fills without condition.
  private(set) var maskOfOthers: UInt32 = 0
  private(set) var conditionals: [Conditional] = []

  /// Creates the plan of `steps`.
  init(steps: [FunnelStep]) {
    masks = StepMasks(stepCount: steps.count)
    var always: [Int] = []
    var byEvent: [[UInt8]: [Int]] = [:]
    for (step, alternative) in steps.enumerated().flatMap({ step in
      step.element.alternatives.map { (step.offset, $0) }
    }) {
      let event = alternative.event.map { Array($0.utf8) }
      if let condition = alternative.condition {
        conditionals.append(Conditional(step: step, event: event, condition: condition))
        if let event { byEvent[event, default: []] += [] }
      } else if let event {
        byEvent[event, default: []].append(step)
      } else {
        always.append(step)
      }
    }
    maskOfOthers = masks.id(of: always)
    for (event, steps) in byEvent.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      maskByEvent[event] = masks.id(of: steps + always)
      eventNames.insert(String(decoding: event, as: UTF8.self))
    }
  }

  /// The id of the set that holds step 1 alone; nil when no event has it.
  var entryMask: UInt32? {
    (0..<UInt32(masks.count)).first { mask in
      masks.contains(mask, step: 0)
        && !(1..<masks.stepCount).contains { masks.contains(mask, step: $0) }
    }
  }

  /// At most so many rows of a segment with `events` can fill a step.
  func rowsMax(among events: some Sequence<(name: String, count: UInt64)>) -> Int {
    // Names count when they may be one of the plan's, be it in another normal form.
    events.reduce(0) { sum, event in
      let matters = takesAnyEvent || eventNames.contains(event.name)
      return sum &+ (matters ? Int(clamping: event.count) : 0)
    }
  }

  /// At most so many rows of a segment with `footer` can fill a step.
  func rowsMax(in footer: SegmentFooter) -> Int {
    guard let events = footer.events else { return footer.rowCount }
    return min(footer.rowCount, rowsMax(among: events.lazy.map { ($0.name, $0.count) }))
  }

  /// The names of all events that some step names.
  private(set) var eventNames: Set<String> = []

  /// Whether events of any name can fill a step.
  var takesAnyEvent: Bool {
    maskOfOthers != 0 || conditionals.contains { $0.event == nil }
  }
}
