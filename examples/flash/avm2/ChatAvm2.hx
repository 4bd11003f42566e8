import flash.display.GradientType;
import flash.display.Sprite;
import flash.events.DataEvent;
import flash.events.Event;
import flash.events.IOErrorEvent;
import flash.events.KeyboardEvent;
import flash.events.SecurityErrorEvent;
import flash.events.TimerEvent;
import flash.external.ExternalInterface;
import flash.geom.Matrix;
import flash.net.XMLSocket;
import flash.text.TextField;
import flash.text.TextFieldType;
import flash.text.TextFormat;
import flash.utils.Timer;
import flash.xml.XML;

/**
	The chat client for ActionScript 3's virtual machine: the same conversation, read with E4X.

	FlashVars: chatHost and chatPort (the relay), chatUser and chatPassword, chatRoom. What it hears is
	traced; `say`, `talk` and `hangUp` can be called from outside.
**/
class ChatAvm2 extends Sprite {
	var socket:XMLSocket;
	var again:Timer;
	var settings:Dynamic;
	var talkField:TextField;
	var statusField:TextField;
	var inputField:TextField;
	var names:Map<String, String> = new Map();
	var lines:Array<String> = [];
	var userId:String = "";
	var isInRoom:Bool = false;

	static function main() {
		flash.Lib.current.addChild(new ChatAvm2());
	}

	function new() {
		super();
		settings = flash.Lib.current.loaderInfo.parameters;
		draw();
		again = new Timer(2000, 1);
		again.addEventListener(TimerEvent.TIMER, function(_) open());
		ExternalInterface.addCallback("say", say);
		ExternalInterface.addCallback("talk", function() return lines.join("\n"));
		ExternalInterface.addCallback("hangUp", hangUp);
		open();
	}

	// ---------------------------------------------------------------- the wire

	function open() {
		socket = new XMLSocket();
		socket.addEventListener(Event.CONNECT, function(_) {
			note("connected");
			sendLogin();
		});
		socket.addEventListener(DataEvent.DATA, onData);
		socket.addEventListener(Event.CLOSE, function(_) onClosed());
		socket.addEventListener(IOErrorEvent.IO_ERROR, function(_) onClosed());
		socket.addEventListener(SecurityErrorEvent.SECURITY_ERROR, function(_) onClosed());
		statusField.text = "connecting";
		socket.connect(setting("chatHost", "localhost"), Std.parseInt(setting("chatPort", "9339")));
	}

	function onClosed() {
		note("closed");
		isInRoom = false;
		statusField.text = "disconnected";
		again.reset();
		again.start();
	}

	function hangUp() {
		socket.close();
		onClosed();
	}

	function onData(event:DataEvent) {
		var node = new XML(event.data);
		switch (node.localName()) {
			case "login":
				onLogin(node);
			case "users":
				for (user in childrenOf(node))
					names.set(attribute(user, "id"), user.toString());
				if (!isInRoom)
					note("joined " + attribute(node, "room_id"));
				isInRoom = true;
			case "user":
				names.set(attribute(node, "id"), node.toString());
				note((attribute(node, "gone") == "1" ? "left " : "entered ") + node.toString());
			case "msg":
				onMessage(attribute(node, "from_id"), node.toString());
			case "error":
				note("error " + attribute(node, "code"));
				addLine(node.toString());
		}
	}

	function onLogin(node:XML) {
		if (attribute(node, "ok") != "1") {
			note("refused " + attribute(node, "error"));
			statusField.text = attribute(node, "error");
			return;
		}
		userId = attribute(node, "id");
		note("logged in " + userId);
		statusField.text = setting("chatUser", "");
		var room = new XML("<room/>");
		setAttribute(room, "id", setting("chatRoom", "1"));
		setAttribute(room, "uid", userId);
		socket.send(room.toXMLString());
	}

	function onMessage(from:String, text:String) {
		if (from == "0") {
			note("system " + text);
			addLine(text);
			return;
		}
		note("heard " + names.get(from) + ": " + text);
		addLine(names.get(from) + ": " + text);
	}

	function sendLogin() {
		var login = new XML("<login/>");
		setAttribute(login, "u", setting("chatUser", ""));
		setAttribute(login, "p", setting("chatPassword", ""));
		socket.send(login.toXMLString());
	}

	function say(text:String):Bool {
		if (!isInRoom || text == "")
			return false;
		var message = new XML("<msg/>");
		setAttribute(message, "from_id", userId);
		setAttribute(message, "room_id", setting("chatRoom", "1"));
		message.appendChild(text);
		socket.send(message.toXMLString());
		return true;
	}

	static function childrenOf(node:XML):Array<XML> {
		var list = node.children();
		return [for (i in 0...list.length()) list[i]];
	}

	static function attribute(node:XML, name:String):String {
		return node.attribute(name).toString();
	}

	// What `node.@name = value` is in ActionScript 3.
	static function setAttribute(node:XML, name:String, value:String) {
		Reflect.setField(node, "@" + name, value);
	}

	function setting(name:String, otherwise:String):String {
		var value = Reflect.field(settings, name);
		return value == null ? otherwise : value;
	}

	static function note(text:String) {
		flash.Lib.trace(text);
	}

	// ---------------------------------------------------------------- the screen

	function draw() {
		var shades = new Matrix();
		shades.createGradientBox(520, 30, Math.PI / 2);
		graphics.beginGradientFill(GradientType.LINEAR, [0x6d6d78, 0x2c2c34], [1, 1], [0, 255], shades);
		graphics.drawRect(0, 0, 520, 30);
		graphics.beginFill(0xf2f2f4);
		graphics.drawRect(0, 30, 520, 342);
		graphics.lineStyle(1, 0xa8a8b0);
		graphics.beginFill(0xffffff);
		graphics.drawRect(8, 38, 504, 294);
		graphics.drawRect(8, 340, 504, 24);
		graphics.endFill();
		statusField = addText(10, 6, 500, 20, 13, 0xffffff);
		talkField = addText(12, 42, 496, 286, 12, 0x202028);
		talkField.multiline = true;
		talkField.wordWrap = true;
		inputField = addText(12, 343, 496, 19, 12, 0x202028);
		inputField.type = TextFieldType.INPUT;
		inputField.selectable = true;
		inputField.addEventListener(KeyboardEvent.KEY_DOWN, function(event:KeyboardEvent) {
			if (event.keyCode == 13 && say(inputField.text))
				inputField.text = "";
		});
	}

	function addText(x:Float, y:Float, width:Float, height:Float, size:Int, colour:Int):TextField {
		var field = new TextField();
		field.x = x;
		field.y = y;
		field.width = width;
		field.height = height;
		field.selectable = false;
		field.defaultTextFormat = new TextFormat("_sans", size, colour);
		addChild(field);
		return field;
	}

	function addLine(text:String) {
		lines.push(text);
		if (lines.length > 60)
			lines.shift();
		// A text field of thousands of letters takes long to lay out.
		talkField.text = [for (line in lines) line.length > 400 ? line.substr(0, 400) + "..." : line].join("\n");
		talkField.scrollV = talkField.maxScrollV;
	}
}
