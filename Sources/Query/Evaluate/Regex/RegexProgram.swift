// Regular expressions in RE2's syntax, compiled to instructions over bytes.

/// Why a pattern is none.
struct RegexProblem: Error, Equatable {
  var message: String
}

/// A compiled pattern. Matching takes time in proportion to the text times the pattern, whatever
/// they say: all ways are walked side by side (Thompson's and Pike's machine).
struct RegexProgram: Sendable {
  enum Instruction: Sendable {
    /// A byte of the set.
    case bytes(ByteSet)
    /// Both ways, the first one preferred.
    case split(Int, Int)
    case jump(Int)
    /// Keeps the place in the text.
    case save(Int)
    case assert(Assertion)
    case match
  }

  enum Assertion: Sendable {
    case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary
  }

  /// 256 bits, one a byte.
  struct ByteSet: Hashable, Sendable {
    private var words = [UInt64](repeating: 0, count: 4)

    init(_ ranges: ClosedRange<UInt8>...) { for range in ranges { insert(range) } }

    mutating func insert(_ range: ClosedRange<UInt8>) {
      for byte in range { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }
    }

    func contains(_ byte: UInt8) -> Bool { words[Int(byte >> 6)] >> UInt64(byte & 63) & 1 != 0 }
  }

  private(set) var instructions: [Instruction] = []
  /// The groups in parentheses, without the whole.
  let groupCount: Int

  /// Instructions that a pattern may have, counted repetitions written out.
  static let instructionsMax = 20_000

  /// Compiles `pattern`.
  init(_ pattern: [UInt8]) throws(RegexProblem) {
    var parser = RegexParser(pattern)
    let node = try parser.parse()
    groupCount = parser.groupCount
    instructions.append(.save(0))
    try emit(node)
    instructions += [.save(1), .match]
  }

  private mutating func emit(_ node: RegexNode) throws(RegexProblem) {
    guard instructions.count < Self.instructionsMax else {
      throw RegexProblem(message: "the pattern is too large")
    }
    switch node {
    case .empty: break
    case .assertion(let assertion): instructions.append(.assert(assertion))
    case .set(let set): try emit(sequences: set.byteSequences)
    case .sequence(let nodes): for node in nodes { try emit(node) }
    case .choice(let nodes):
      var jumps: [Int] = []
      for (index, node) in nodes.enumerated() {
        guard index < nodes.count - 1 else {
          try emit(node)
          break
        }
        let split = instructions.count
        instructions.append(.split(split + 1, 0))
        try emit(node)
        jumps.append(instructions.count)
        instructions.append(.jump(0))
        instructions[split] = .split(split + 1, instructions.count)
      }
      for jump in jumps { instructions[jump] = .jump(instructions.count) }
    case .group(let number, let node):
      instructions.append(.save(2 * number))
      try emit(node)
      instructions.append(.save(2 * number + 1))
    case .repetition(let node, let low, let high, let isGreedy):
      for _ in 0..<low { try emit(node) }
      guard let high else {
        let split = instructions.count
        instructions.append(.jump(0))
        try emit(node)
        instructions.append(.jump(split))
        instructions[split] = Self.split(split + 1, instructions.count, isGreedy)
        return
      }
      var splits: [Int] = []
      for _ in low..<max(low, high) {
        splits.append(instructions.count)
        instructions.append(.jump(0))
        try emit(node)
      }
      for split in splits {
        instructions[split] = Self.split(split + 1, instructions.count, isGreedy)
      }
    }
  }

  private static func split(_ inner: Int, _ behind: Int, _ isGreedy: Bool) -> Instruction {
    isGreedy ? .split(inner, behind) : .split(behind, inner)
  }

  /// Any one of the sequences of byte ranges.
  private mutating func emit(sequences: [[ClosedRange<UInt8>]]) throws(RegexProblem) {
    // All of one byte are one set.
    var single = ByteSet()
    var hasSingle = false
    var longer: [RegexNode] = []
    for sequence in sequences {
      if sequence.count == 1 {
        single.insert(sequence[0])
        hasSingle = true
      } else {
        longer.append(.sequence(sequence.map { .set(.bytes($0)) }))
      }
    }
    if longer.isEmpty {
      instructions.append(.bytes(single))
      return
    }
    var jumps: [Int] = []
    if hasSingle {
      let split = instructions.count
      instructions += [.split(split + 1, split + 3), .bytes(single), .jump(0)]
      jumps.append(split + 2)
    }
    try emit(.choice(longer))
    for jump in jumps { instructions[jump] = .jump(instructions.count) }
  }
}

/// A part of a pattern.
indirect enum RegexNode: Sendable {
  case empty
  case set(RegexSet)
  case sequence([RegexNode])
  case choice([RegexNode])
  case group(Int, RegexNode)
  case repetition(RegexNode, Int, Int?, isGreedy: Bool)
  case assertion(RegexProgram.Assertion)
}
