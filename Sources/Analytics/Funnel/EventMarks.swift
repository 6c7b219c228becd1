// What each event name of a segment means to a funnel.

import Columnar

/// Mask ids and conditions by code of the event column, for a dictionary or for one block.
struct EventMarks {
  /// By code: the id of the steps filled without condition.
  private(set) var masks: [UInt32] = []
  /// By code: whether the event can fill a step, with or without condition.
  private(set) var matters: [Bool] = []
  /// By conditional alternative of the plan: whether it is about the event, by code.
  private(set) var conditional: [[Bool]] = []

  /// Looks up all `texts`.
  init(_ texts: TextList, plan: FunnelPlan) {
    let count = texts.count
    masks = [UInt32](repeating: plan.maskOfOthers, count: count)
    for code in 0..<count {
      texts.withBytes(code) { bytes in
        if let mask = plan.maskByEvent[Array(bytes)] { masks[code] = mask }
      }
    }
    matters = masks.map { $0 != 0 }
    for alternative in plan.conditionals {
      let applies = (0..<count).map { code in
        guard let event = alternative.event else { return true }
        return texts.withBytes(code) { $0.elementsEqual(event) }
      }
      for code in 0..<count where applies[code] { matters[code] = true }
      conditional.append(applies)
    }
  }
}
