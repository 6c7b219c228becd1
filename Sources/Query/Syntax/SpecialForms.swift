// Reads what looks like a call but has words within, and CASE.

extension Parser {
  /// Reads CASE, CAST, EXISTS, EXTRACT, SUBSTRING … FROM, TRIM, POSITION … IN and their like; nil
  /// when the word at the cursor is an ordinary name. (Not inlined, like the other forms that
  /// operands can have: nested calls must not pay with their stack for what they do not use.)
  @inline(never)
  mutating func specialForm() throws(QueryError) -> SyntaxNode? {
    guard let word = token.keyword else { return nil }
    let start = token.span
    var ahead = self
    try ahead.advance()
    if word == "CASE" {
      self = ahead
      return try caseExpression(start)
    }
    if word == "DATE" || word == "TIMESTAMP", case .text(let bytes) = ahead.token.kind {
      let text = SyntaxNode(.text(bytes), span: ahead.token.span)
      self = ahead
      try advance()
      return try call(
        word == "DATE" ? "toDate" : "toDateTime", [text], nameSpan: start,
        start.joined(text.span))
    }
    guard try ahead.take(symbol: "(") else { return nil }
    switch word {
    case "CAST":
      self = ahead
      return try cast(start)
    case "EXISTS" where ahead.isKeyword("SELECT") || ahead.isKeyword("WITH"):
      self = ahead
      let query = try query()
      return SyntaxNode(.exists(query), span: start.joined(try close("EXISTS")))
    case "EXTRACT":
      return try extract(start, ahead)
    case "TRIM":
      return try trim(start, ahead)
    case "SUBSTRING", "POSITION":
      return try wordsWithin(word, start, ahead)
    case "DATE_ADD", "DATEADD", "DATE_SUB", "DATESUB", "TIMESTAMPADD", "TIMESTAMP_ADD",
      "TIMESTAMPSUB", "TIMESTAMP_SUB":
      return try shift(word, start, ahead)
    case "DATEDIFF", "DATE_DIFF", "TIMESTAMPDIFF", "TIMESTAMP_DIFF":
      return try difference(start, ahead)
    default:
      guard word.hasPrefix("TOINTERVAL"),
        let unit = IntervalUnit(rawValue: String(word.dropFirst("TOINTERVAL".count)))
      else { return nil }
      self = ahead
      let amount = try expression()
      return try bounded(.interval(amount, unit), start.joined(try close("toInterval")))
    }
  }

  /// Reads the closing parenthesis and returns where it stands.
  private mutating func close(_ name: String) throws(QueryError) -> SourceSpan {
    let end = token.span
    try expect(symbol: ")", "after the arguments of \(name)")
    return end
  }

  /// `CASE WHEN a THEN b … ELSE c END`, `CASE x WHEN a THEN b … END`: multiIf.
  private mutating func caseExpression(_ start: SourceSpan) throws(QueryError) -> SyntaxNode {
    let operand = isKeyword("WHEN") ? nil : try expression()
    var arguments: [SyntaxNode] = []
    while try take(keyword: "WHEN") {
      let value = try expression()
      arguments.append(
        try operand.map { operand throws(QueryError) in
          try bounded(.compare(.equal, operand, value), value.span)
        } ?? value)
      guard try take(keyword: "THEN") else {
        throw problem("\(shownToken) stands where THEN is expected")
      }
      arguments.append(try expression())
    }
    guard !arguments.isEmpty else { throw problem("CASE needs WHEN … THEN …") }
    if try take(keyword: "ELSE") {
      arguments.append(try expression())
    } else {
      arguments.append(SyntaxNode(.null, span: token.span))
    }
    let end = token.span
    guard try take(keyword: "END") else {
      throw problem("\(shownToken) stands where END is expected to close CASE")
    }
    return try call("multiIf", arguments, nameSpan: start, start.joined(end))
  }

  /// `CAST(x AS Type)` and `CAST(x, 'Type')`.
  private mutating func cast(_ start: SourceSpan) throws(QueryError) -> SyntaxNode {
    let value = try expression()
    let type: TypeSyntax
    if try take(symbol: ",") {
      guard case .text(let bytes) = token.kind else {
        throw problem("CAST takes the name of a type in quotes, or AS and a type")
      }
      let name = SourceText(String(decoding: bytes, as: UTF8.self))
      var parser = try Parser(name)
      var read = try parser.type()
      try parser.expectEnd()
      read.span = token.span
      type = read
      try advance()
    } else {
      guard try take(keyword: "AS") else {
        throw problem("CAST needs AS and a type, not \(shownToken)")
      }
      type = try self.type()
    }
    return try bounded(.cast(value, type), start.joined(try close("CAST")))
  }

  /// Reads the name of a type and what stands in parentheses behind it.
  mutating func type() throws(QueryError) -> TypeSyntax {
    nesting += 1
    defer { nesting -= 1 }
    let start = token.span
    guard nesting <= Self.heightMax, case .name(let parts) = token.kind, parts.count == 1 else {
      throw problem("\(shownToken) stands where a type is expected")
    }
    var type = TypeSyntax(name: parts[0].text, span: start)
    try advance()
    guard try take(symbol: "(") else { return type }
    repeat {
      switch token.kind {
      case .number, .text:
        type.arguments.append(TypeSyntax(name: source.slice(token.span), span: token.span))
        try advance()
        if try take(symbol: "=") { try advance() }  // the number of a name of an Enum
      default:
        var argument = try self.type()
        // Elements of a Tuple may have names.
        if case .name = token.kind { argument = try self.type() }
        type.arguments.append(argument)
      }
    } while try take(symbol: ",")
    type.span = start.joined(token.span)
    try expect(symbol: ")", "after the type")
    return type
  }

  /// `EXTRACT(YEAR FROM x)`.
  private mutating func extract(
    _ start: SourceSpan, _ ahead: Parser
  ) throws(QueryError) -> SyntaxNode? {
    let functions = [
      "SECOND": "toSecond", "MINUTE": "toMinute", "HOUR": "toHour", "DAY": "toDayOfMonth",
      "WEEK": "toISOWeek", "MONTH": "toMonth", "QUARTER": "toQuarter", "YEAR": "toYear",
    ]
    var ahead = ahead
    guard let word = ahead.token.keyword, let unit = IntervalUnit(word: word) else { return nil }
    try ahead.advance()
    guard try ahead.take(keyword: "FROM") else { return nil }
    self = ahead
    let value = try expression()
    return try call(
      functions[unit.rawValue] ?? "", [value], nameSpan: start, start.joined(try close("EXTRACT")))
  }

  /// `TRIM(BOTH 'x' FROM y)`.
  private mutating func trim(
    _ start: SourceSpan, _ ahead: Parser
  ) throws(QueryError) -> SyntaxNode? {
    let sides = ["BOTH": "trimBoth", "LEADING": "trimLeft", "TRAILING": "trimRight"]
    guard let name = ahead.token.keyword.flatMap({ sides[$0] }) else { return nil }
    self = ahead
    try advance()
    let characters = try expression()
    guard try take(keyword: "FROM") else { throw problem("TRIM needs FROM, not \(shownToken)") }
    let text = try expression()
    return try call(
      name, [text, characters], nameSpan: start, start.joined(try close("TRIM")))
  }

  /// `SUBSTRING(x FROM 1 FOR 2)`, `POSITION(x IN y)`.
  private mutating func wordsWithin(
    _ word: String, _ start: SourceSpan, _ ahead: Parser
  ) throws(QueryError) -> SyntaxNode? {
    var ahead = ahead
    let first = try ahead.expression(above: .comparison)
    if word == "POSITION" {
      guard try ahead.take(keyword: "IN") else { return nil }
      self = ahead
      let text = try expression()
      return try call(
        "position", [text, first], nameSpan: start, start.joined(try close("POSITION")))
    }
    guard try ahead.take(keyword: "FROM") else { return nil }
    self = ahead
    var arguments = [first, try expression()]
    if try take(keyword: "FOR") { arguments.append(try expression()) }
    return try call(
      "substring", arguments, nameSpan: start, start.joined(try close("SUBSTRING")))
  }

  /// `DATE_ADD(DAY, 7, time)` and `DATE_ADD(time, INTERVAL 7 DAY)`.
  private mutating func shift(
    _ word: String, _ start: SourceSpan, _ ahead: Parser
  ) throws(QueryError) -> SyntaxNode {
    self = ahead
    let time: SyntaxNode
    let interval: SyntaxNode
    if let unit = try unitWord() {
      try expect(symbol: ",", "behind the unit")
      let amount = try expression()
      try expect(symbol: ",", "behind the number")
      time = try expression()
      interval = try bounded(.interval(amount, unit), amount.span)
    } else {
      time = try expression()
      try expect(symbol: ",", "behind the time")
      interval = try expression()
    }
    let end = try close(word)
    return try bounded(
      .arithmetic(word.hasSuffix("SUB") ? .subtract : .add, time, interval), start.joined(end))
  }

  /// `dateDiff(DAY, a, b)`, with the unit as a word or as a text.
  private mutating func difference(
    _ start: SourceSpan, _ ahead: Parser
  ) throws(QueryError) -> SyntaxNode {
    self = ahead
    let unitSpan = token.span
    var arguments: [SyntaxNode]
    if let unit = try unitWord() {
      arguments = [SyntaxNode(.text(Array(unit.rawValue.utf8)), span: unitSpan)]
    } else {
      arguments = [try expression()]
    }
    while try take(symbol: ",") { arguments.append(try expression()) }
    return try call("dateDiff", arguments, nameSpan: start, start.joined(try close("dateDiff")))
  }

  /// Reads a unit of time that stands as a word before a comma.
  private mutating func unitWord() throws(QueryError) -> IntervalUnit? {
    guard let word = token.keyword, let unit = IntervalUnit(word: word) else { return nil }
    var ahead = self
    try ahead.advance()
    guard ahead.isSymbol(",") else { return nil }
    self = ahead
    return unit
  }
}
