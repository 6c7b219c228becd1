// JSON functions on stored paths: they read the column of the path.

import EvtCore

extension ExpressionBinding {
  /// Binds `JSONExtract…(object, keys…)`; nil for functions that extract nothing, and where texts
  /// are read as any function reads its arguments.
  mutating func extract(_ call: CallSyntax) throws(QueryError) -> BoundPart? {
    guard let first = call.arguments.first, call.arguments.count >= 2 else { return nil }
    var keys = Array(call.arguments.dropFirst())
    var variant = ""
    let function: FunctionDefinition
    if call.name == "JSONExtract" {
      let last = keys.removeLast()
      guard case .text(let bytes) = last.kind else {
        throw source.problem(last.span, "the last argument of JSONExtract is a type in quotes")
      }
      variant = String(decoding: bytes, as: UTF8.self)
      function = .extraction(to: try type(named: variant, last.span))
    } else if let known = FunctionDefinition.named(call.name),
      FunctionDefinition.extracts(call.name)
    {
      function = known
    } else {
      return nil
    }
    var parts: [BoundPart]
    var readsColumn = false
    let stored = keys.prefix { if case .text = $0.kind { true } else { false } }
    if let path = storedObject(first, stored) {
      parts = [try column(path, stored, call)]
      keys.removeFirst(stored.count)
      readsColumn = true
    } else {
      parts = [try bind(first)]
    }
    for key in keys { parts.append(try bind(key)) }
    return try self.call(
      function, parts, [first] + keys, call.name, call.nameSpan, variant: variant,
      readsColumn: readsColumn)
  }

  /// The path of an object whose members are columns; nil for anything else.
  private func storedObject(_ node: SyntaxNode, _ keys: ArraySlice<SyntaxNode>) -> [String]? {
    guard case .name(let parts) = node.kind, local(node) == nil, select?.alias(parts) == nil else {
      return nil
    }
    let names = parts.map(\.text)
    let path = select?.withoutTable(names) ?? names
    let whole = keys.compactMap { key -> String? in
      if case .text(let bytes) = key.kind { String(decoding: bytes, as: UTF8.self) } else { nil }
    }
    if binder.known(path + whole) != nil { return path }
    // A column of texts, or of arrays and objects, is read by what it holds.
    return binder.known(path) == nil ? path : nil
  }

  /// The column of the path with `keys` behind it.
  private mutating func column(
    _ path: [String], _ keys: ArraySlice<SyntaxNode>, _ call: CallSyntax
  ) throws(QueryError) -> BoundPart {
    var path = path
    for key in keys {
      guard case .text(let bytes) = key.kind, let text = String(validating: bytes, as: UTF8.self)
      else { throw source.problem(key.span, "a key must be UTF-8") }
      path.append(text)
    }
    let place = source.excerpt(call.nameSpan.joined(call.end))
    return try binder.field(path, at: place).map { part(of: $0) } ?? .null
  }

  /// The type that a text names.
  func type(named name: String, _ span: SourceSpan) throws(QueryError) -> TargetType {
    var parser = try Parser(SourceText(name))
    let syntax = try parser.type()
    try parser.expectEnd()
    return try type(syntax.placed(at: span))
  }
}

extension TypeSyntax {
  /// The same type as if all of it stood at `span`.
  fileprivate func placed(at span: SourceSpan) -> TypeSyntax {
    TypeSyntax(name: name, arguments: arguments.map { $0.placed(at: span) }, span: span)
  }
}

extension FunctionDefinition {
  /// Whether the function `name` reads members of JSON.
  static func extracts(_ name: String) -> Bool {
    guard let known = named(name) else { return false }
    return extractions.contains { $0.name == known.name }
  }

  /// JSONExtract to `type`: its zero for what cannot be converted.
  static func extraction(to type: TargetType) -> FunctionDefinition {
    var function = FunctionDefinition(
      "JSONExtract", takes: [.any], arity: 1...999, gives: type.families,
      nulls: type.zero.isNull ? .possible : .never
    ) { context in
      let (zone, isColumn) = (context.zone, context.readsColumn)
      return { arguments in
        let value = JSONFunctions.value(arguments, isColumn: isColumn)
        if value.isNull { return type.zero }
        if type.families == .text { return JSONFunctions.text(value) }
        if case .array(.nullable(let element)) = type, let items = value.items {
          return .array(items.map { element.convert($0, in: zone) ?? .null })
        }
        return type.convert(value, in: zone) ?? type.zero
      }
    }
    if case .array(let element) = type { function.element = { _ in element.families } }
    return function
  }
}
