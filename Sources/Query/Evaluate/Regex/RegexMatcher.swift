// Runs compiled patterns over texts.

/// A pattern ready to be looked for.
struct RegexMatcher: Sendable {
  private let program: RegexProgram

  init(_ pattern: [UInt8]) throws(RegexProblem) { program = try RegexProgram(pattern) }

  var groupCount: Int { program.groupCount }

  /// A way through the pattern: the next instruction and the places kept so far.
  private struct Thread {
    var instruction: Int
    var places: [Int]
  }

  /// Where the first match at or behind `start` begins and ends, then its groups; -1 where a group
  /// took no part. Nil when there is no match.
  func firstMatch(in text: [UInt8], from start: Int = 0) -> [Int]? {
    var current: [Thread] = []
    var next: [Thread] = []
    var seen = [Int](repeating: -1, count: program.instructions.count)
    var found: [Int]?
    let none = [Int](repeating: -1, count: 2 * (program.groupCount + 1))
    var at = start
    while at <= text.count {
      // Ways that begin later are less preferred than those under way.
      if found == nil { add(0, none, at, text, to: &current, &seen) }
      if current.isEmpty, found != nil { break }
      next.removeAll(keepingCapacity: true)
      let mark = at + 1
      for thread in current {
        switch program.instructions[thread.instruction] {
        case .bytes(let set):
          if at < text.count, set.contains(text[at]) {
            add(thread.instruction + 1, thread.places, mark, text, to: &next, &seen)
          }
          continue
        case .match:
          found = thread.places
        default: continue
        }
        // What is less preferred than a match is dropped.
        break
      }
      swap(&current, &next)
      at += 1
    }
    return found
  }

  /// Whether there is a match anywhere.
  func matches(_ text: [UInt8]) -> Bool { firstMatch(in: text) != nil }

  /// All matches one behind the other, without those of no bytes when `passesEmpty`.
  func matches(in text: [UInt8], limit: Int = .max) -> [[Int]] {
    var matches: [[Int]] = []
    var at = 0
    while matches.count < limit, at <= text.count, let match = firstMatch(in: text, from: at) {
      matches.append(match)
      at = match[1] > match[0] ? match[1] : match[1] + 1
    }
    return matches
  }

  /// Adds all instructions that take a byte and are reached from `instruction` at `place`.
  private func add(
    _ instruction: Int, _ places: [Int], _ place: Int, _ text: [UInt8],
    to threads: inout [Thread], _ seen: inout [Int]
  ) {
    var pending = [Thread(instruction: instruction, places: places)]
    while var thread = pending.popLast() {
      guard seen[thread.instruction] != place else { continue }
      seen[thread.instruction] = place
      switch program.instructions[thread.instruction] {
      case .bytes, .match: threads.append(thread)
      case .jump(let target):
        thread.instruction = target
        pending.append(thread)
      case .split(let first, let second):
        thread.instruction = second
        pending.append(thread)
        thread.instruction = first
        pending.append(thread)
      case .save(let slot):
        thread.places[slot] = place
        thread.instruction += 1
        pending.append(thread)
      case .assert(let assertion):
        guard Self.holds(assertion, at: place, in: text) else { continue }
        thread.instruction += 1
        pending.append(thread)
      }
    }
  }

  private static func holds(
    _ assertion: RegexProgram.Assertion, at place: Int, in text: [UInt8]
  ) -> Bool {
    func isWord(_ index: Int) -> Bool {
      guard text.indices.contains(index) else { return false }
      return RegexSet.word.ranges.contains { $0.contains(UInt32(text[index])) }
    }
    switch assertion {
    case .textStart: return place == 0
    case .textEnd: return place == text.count
    case .lineStart: return place == 0 || text[place - 1] == 0x0A
    case .lineEnd: return place == text.count || text[place] == 0x0A
    case .wordBoundary: return isWord(place - 1) != isWord(place)
    case .noWordBoundary: return isWord(place - 1) == isWord(place)
    }
  }
}
