// The rows of a join.

import Columnar
import EvtCore

/// Joined tables as rows that can be scanned.
///
/// Each step is a hash join: the rows of the new table are found by the hash of their keys. Where
/// all tables are joined by their user, users are taken in parts by their hash, in the order in
/// which segments keep them: a part reads the blocks of its users only and forgets them afterwards,
/// so that memory does not grow with the log.
struct JoinRows: RowSource {
  private let plan: JoinPlan
  private let sides: [SelectTables]
  private let events: any QuerySource
  private let partCount: Int
  private let budget: MemoryBudget
  /// By table, the indices of its fields among those of the joined rows.
  private let fieldsOfSide: [[Int]]
  /// By table, what identifies its user, if that makes the parts.
  private let userField: [Int]?

  /// Rows of events that a part should hold about.
  private static let partRows: UInt64 = 1 << 18
  /// Bytes of a value in memory, about.
  private static let valueBytes = 48

  init(
    _ tables: SelectTables, _ plan: JoinPlan?, _ events: any QuerySource, _ pool: WorkerPool,
    _ budget: MemoryBudget
  ) throws {
    guard let plan else { preconditionFailure("BUG: a join without a plan") }
    self.plan = plan
    self.events = events
    self.budget = budget
    sides = tables.sides
    fieldsOfSide = sides.indices.map { side in
      plan.origins.indices.filter { plan.origins[$0].side == side }
    }
    userField = Self.userFields(plan, sides)
    let rows = events.summaries.reduce(0) { $0 + $1.rowCount }
    partCount = userField == nil ? 1 : Int(min(1 << 12, max(1, rows / Self.partRows)))
  }

  /// By table, the field of its user, when every join is by the user of an earlier table.
  private static func userFields(_ plan: JoinPlan, _ sides: [SelectTables]) -> [Int]? {
    var users: [Int?] = sides.map { _ in nil }
    for (index, step) in plan.steps.enumerated() {
      for case (.field(let left), .field(let right)) in step.keys {
        let side = plan.origins[left].side
        let isUser =
          plan.origins[left].field.role == .user || users[side] == left
          || plan.origins[right].field.role == .user && users[side] == nil
        guard isUser, users[side] == nil || users[side] == left else { continue }
        users[side] = left
        users[index + 1] = right
        break
      }
    }
    for (side, user) in zip(sides, users) {
      guard let user else { return nil }
      if case .events = side, plan.origins[user].field.role != .user { return nil }
    }
    return users.compactMap { $0 }
  }

  /// Whether users can be taken in parts.
  static func joinsByUser(_ plan: JoinPlan, _ sides: [SelectTables]) -> Bool {
    userFields(plan, sides) != nil
  }

  func parts(_ request: ScanRequest) -> [Int] { Array(0..<partCount) }

  func scan(
    part: Int, _ request: ScanRequest, _ body: (borrowing ScanBlock) throws -> Void
  ) throws {
    var held = 0
    defer { budget.release(held) }
    var joined = try rows(side: 0, part, &held)
    for (index, step) in plan.steps.enumerated() {
      // The last step hands its rows out in pieces: they may be many more than those before.
      let isLast = index == plan.steps.count - 1
      var pieces: [[Value]] = []
      let match = HashMatch(step, try rows(side: index + 1, part, &held), fieldsOfSide[index + 1])
      for left in joined {
        try match.forEach(left) { row in
          pieces.append(row)
          guard pieces.count == Limits.blockRowsMax else { return }
          if isLast {
            try hand(out: pieces, request, body)
            pieces.removeAll(keepingCapacity: true)
          } else {
            try account(Limits.blockRowsMax, &held)
          }
        }
      }
      joined = pieces
      if isLast, !pieces.isEmpty { try hand(out: pieces, request, body) }
    }
  }

  private func hand(
    out rows: [[Value]], _ request: ScanRequest, _ body: (borrowing ScanBlock) throws -> Void
  ) throws {
    try MemoryTable(plan.fields, rows).scan(part: 0, request, body)
  }

  private func account(_ rows: Int, _ held: inout Int) throws(QueryError) {
    let bytes = rows * (plan.fields.count + 1) * Self.valueBytes
    guard budget.take(bytes) else {
      throw .tooMuchMemory(what: "the join", limitBytes: budget.limitBytes)
    }
    held += bytes
  }

  // MARK: - One table

  /// The rows of a table that belong to `part`: as wide as joined rows, with its own fields only.
  private func rows(side: Int, _ part: Int, _ held: inout Int) throws -> [[Value]] {
    let fields = fieldsOfSide[side]
    var request = ScanRequest(fields: fields.map { plan.origins[$0].field })
    var isOfEvents = false
    if case .events(_, let range) = sides[side] {
      request.range = range
      isOfEvents = true
    }
    if let filter = plan.filters[side] {
      let predicate = BoundPredicate(filter, fields: plan.origins.map(\.field))
      if isOfEvents { request.narrow(to: predicate) } else { request.filter = predicate }
    }
    let range = hashes(of: part)
    if isOfEvents, partCount > 1 { request.userHashes = range }
    let user = partCount > 1 ? userField.flatMap { fields.firstIndex(of: $0[side]) } : nil
    var rows: [[Value]] = []
    func add(_ block: borrowing ScanBlock) throws {
      var readers = fields.indices.map { ValueReader(block.columns[$0], request.fields[$0].type) }
      let before = rows.count
      var lastUser: Value?
      var isWanted = true
      SelectedRows(block).forEach { _, row in
        if let user {
          let value = readers[user].value(row)
          if value != lastUser {
            lastUser = value
            isWanted = range.contains(Self.hash(value))
          }
          if !isWanted { return }
        }
        var values = [Value](repeating: .null, count: plan.fields.count)
        for index in fields.indices { values[fields[index]] = readers[index].value(row) }
        rows.append(values)
      }
      try account(rows.count - before, &held)
    }
    switch sides[side] {
    case .events:
      let source = SegmentRows(events)
      for segment in source.parts(request) {
        try source.scan(part: segment, request) { try add($0) }
      }
    case .memory(let table, _): try table.scan(part: 0, request) { try add($0) }
    case .join: preconditionFailure("BUG: a join is no side")
    }
    return rows
  }

  private func hashes(of part: Int) -> ClosedRange<UInt64> {
    let width = UInt64.max / UInt64(partCount)
    let start = width * UInt64(part)
    return start...(part == partCount - 1 ? .max : start + width - 1)
  }

  private static func hash(_ user: Value) -> UInt64 {
    guard case .text(let bytes) = user else { return 0 }
    return bytes.withUnsafeBytes { StableHash.user($0) }
  }
}

/// Finds the rows of one table that match rows of those before it.
private struct HashMatch {
  private let step: JoinPlan.Step
  private let rows: [[Value]]
  private let fields: [Int]
  /// By key, the last of its rows; by row, the one before with the same key.
  private var first: [[Value]: Int] = [:]
  private var next: [Int]

  init(_ step: JoinPlan.Step, _ rows: [[Value]], _ fields: [Int]) {
    self.step = step
    self.rows = rows
    self.fields = fields
    next = [Int](repeating: -1, count: rows.count)
    // From the end, so that chains follow the order of the rows.
    for index in rows.indices.reversed() {
      guard let key = Self.key(step.keys.map(\.right), rows[index]) else { continue }
      next[index] = first[key] ?? -1
      first[key] = index
    }
  }

  /// Calls `body` with each joined row of `left`.
  func forEach(_ left: [Value], _ body: ([Value]) throws -> Void) rethrows {
    var isMatched = false
    if let key = Self.key(step.keys.map(\.left), left) {
      var index = first[key] ?? -1
      while index >= 0 {
        var joined = left
        for field in fields { joined[field] = rows[index][field] }
        index = next[index]
        if let residual = step.residual, residual.evaluate(joined).truth != true { continue }
        isMatched = true
        try body(joined)
      }
    }
    if !isMatched, step.keepsLeft { try body(left) }
  }

  /// The values of the keys in the form that all equal ones share; nil when one is null.
  private static func key(_ expressions: [BoundExpression], _ row: [Value]) -> [Value]? {
    var key: [Value] = []
    for expression in expressions {
      let value = expression.evaluate(row)
      if value.isNull { return nil }
      key.append(value.joinKey)
    }
    return key
  }
}

extension Value {
  /// The form that all values share which compare as equal.
  fileprivate var joinKey: Value {
    if case .date(let day) = self { .time(UTCDay(number: day).start) } else { plain }
  }
}
