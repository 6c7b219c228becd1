// Events of one instant may serve in any order: a bipartite matching of steps and events.

import EvtCore

/// The events of one user at one instant, and how many consecutive steps they can fill together.
///
/// Events with equal step sets are interchangeable, so they form one class with a capacity; a day
/// of events that all carry the same midnight costs no more than a handful of classes.
struct TieMatching: ~Copyable {
  private let masks: StepMasks
  /// By class: the mask id and the number of events.
  private var classes: [(mask: UInt32, capacity: Int)] = []
  /// By mask id: the class in this group plus one, else 0.
  private var classOfMask: [UInt32]
  /// By class, while steps are being placed: the events still free.
  private var free: [Int] = []
  /// By step, relative to the first one placed: the class whose event fills it.
  private var classOfStep: [Int] = []
  // Breadth first search for an augmenting path: the step from which a class was reached.
  private var reachedFrom: [Int] = []
  private var queue: [Int] = []

  /// Creates a matching for events whose sets are in `masks`.
  init(masks: StepMasks) {
    self.masks = masks
    classOfMask = Array(repeating: 0, count: masks.count)
  }

  /// Makes `group`, the mask ids of events of one instant, the events to match.
  mutating func load(_ group: Span<UInt32>) {
    for index in classes.indices { classOfMask[Int(classes[index].mask)] = 0 }
    classes.removeAll(keepingCapacity: true)
    for position in group.indices {
      let mask = group[position]
      let known = classOfMask[Int(mask)]
      if known > 0 {
        classes[Int(known) - 1].capacity += 1
      } else {
        classes.append((mask, 1))
        classOfMask[Int(mask)] = UInt32(classes.count)
      }
    }
  }

  /// Takes one event with the set `mask` out of the group, or puts it back.
  mutating func withdraw(_ mask: UInt32) { classes[Int(classOfMask[Int(mask)]) - 1].capacity -= 1 }
  mutating func restore(_ mask: UInt32) { classes[Int(classOfMask[Int(mask)]) - 1].capacity += 1 }

  /// Returns the largest m for which m distinct events of the group match the steps `first`, …,
  /// `first` + m − 1 (counted from 0), all below `limit`.
  ///
  /// Kuhn's algorithm, a step at a time: a matching of m steps extends to m + 1 exactly when there
  /// is an augmenting path for the new step (Berge 1957), and when there is none, no longer run
  /// can be matched either, because it would contain this one.
  mutating func longestRun(from first: Int, limit: Int) -> Int {
    free.removeAll(keepingCapacity: true)
    for index in classes.indices { free.append(classes[index].capacity) }
    classOfStep.removeAll(keepingCapacity: true)
    while first + classOfStep.count < limit, place(first: first) {}
    return classOfStep.count
  }

  /// Finds an event for the step behind those placed, moving others if need be.
  private mutating func place(first: Int) -> Bool {
    let newStep = classOfStep.count
    reachedFrom.removeAll(keepingCapacity: true)
    for _ in classes.indices { reachedFrom.append(-1) }
    queue.removeAll(keepingCapacity: true)
    queue.append(newStep)
    var next = 0
    while next < queue.count {
      let step = queue[next]
      next += 1
      for index in classes.indices
      where reachedFrom[index] < 0 && masks.contains(classes[index].mask, step: first + step) {
        reachedFrom[index] = step
        if free[index] > 0 {
          augment(endingIn: index, newStep: newStep)
          return true
        }
        for holder in 0..<newStep where classOfStep[holder] == index { queue.append(holder) }
      }
    }
    return false
  }

  /// Shifts the steps along the path that ends in the class `end`, which has an event free.
  private mutating func augment(endingIn end: Int, newStep: Int) {
    free[end] -= 1
    var index = end
    while true {
      let step = reachedFrom[index]
      if step == newStep {
        classOfStep.append(index)
        return
      }
      let previous = classOfStep[step]
      classOfStep[step] = index
      index = previous
    }
  }
}
