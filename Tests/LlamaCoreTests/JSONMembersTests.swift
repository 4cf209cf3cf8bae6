import Foundations
import Testing

@Suite struct JSONMembersTests {
  private func members(_ text: String) throws -> JSONMembers { try JSONMembers(parsing: Array(text.utf8)) }

  @Test func `an unchanged object keeps every character of its values, and their order`() throws {
    let text = """
      {
        "z": 9.999999747378752e-06,
        "a": [1,  2.50],
        "\\"k\\"": {"x":
          null},
        "é": "\\u00e9\\/"
      }
      """
    #expect(try members(text).text() == text)
    #expect(try members("{}").text() == "{}")
    #expect(try members(" { \"a\" :1 } ").text(level: 1) == "{\n    \"a\": 1\n  }")
  }

  @Test func `members are replaced in their place, added behind another or at the end, and removed`() throws {
    var object = try members(#"{"a": 1, "b": 2, "c": 3}"#)
    object["b"] = "20"
    object["a"] = nil
    object["d"] = "4"
    object["e"] = nil
    object.set("x", "5", behind: "b")
    object.set("c", "30", behind: "b")
    object.replaceValues { key, value in key == "d" ? value + "0" : nil }
    #expect(object.members.map(\.key) == ["b", "x", "c", "d"])
    #expect(object.members.map(\.value) == ["20", "5", "30", "40"])
    #expect(object["a"] == nil)
  }

  @Test func `elements of an array are texts`() throws {
    #expect(
      JSONMembers.elements(of: #"[1.0, "a, b", [2, 3], {"x": []}]"#) == ["1.0", #""a, b""#, "[2, 3]", #"{"x": []}"#])
    #expect(JSONMembers.elements(of: "[]") == [])
    #expect(JSONMembers.elements(of: "{}") == nil)
    #expect(JSONMembers.array(["1", "2"], level: 1) == "[\n    1,\n    2\n  ]")
    #expect(JSONMembers.array([], level: 1) == "[]")
  }

  @Test(arguments: ["", "[]", "{", #"{"a": }"#, #"{"a": 1} 2"#, #"{"a": 1, "a": 2}"#, #"{"a": 01}"#])
  func `a text that is no object is refused`(text: String) {
    #expect(throws: JSONError.self) { try members(text) }
  }
}
