// A chat client in ActionScript 1, written as one was in 2004: an XMLSocket, a queue that is shifted,
// a switchboard of node names, childNodes[0]. It speaks the dialect `compact`.
//
// FlashVars: chatHost and chatPort (the relay), chatRoom, and chatUser with chatPassword to log in
// without the form. What it hears is traced, and `say`, `talk` and `hangUp` can be called from outside.

// ---------------------------------------------------------------- the wire

function openSocket() {
  socket = new XMLSocket();
  socket.onConnect = onSocketConnect;
  socket.onXML = onSocketXML;
  socket.onClose = onSocketClose;
  showStatus("connecting", 0xe0a800);
  socket.connect(chatHost, Number(chatPort));
}

function onSocketConnect(isConnected) {
  if (!isConnected) {
    showStatus("no connection", 0xc03020);
    connectLater();
    return;
  }
  trace("connected");
  showStatus("connected", 0xe0a800);
  if (userName != undefined) sendLogin();
}

function onSocketClose() {
  trace("closed");
  showStatus("disconnected", 0xc03020);
  isInRoom = false;
  queue = new Array();
  members = new Array();
  showMembers();
  connectLater();
}

function connectLater() {
  clearInterval(connectTimer);
  connectTimer = setInterval(connectNow, 2000);
}

function connectNow() {
  clearInterval(connectTimer);
  openSocket();
}

// XML arrives faster than it can be drawn: it waits in a queue, and each frame works it off.
function onSocketXML(received) {
  trace("xml< " + received.toString());
  queue.push(received);
}

function onFrame() {
  while (queue.length > 0) {
    var node = queue.shift().childNodes[0];
    var receive = switchboard[node.nodeName];
    if (receive != undefined) receive(node);
  }
  if (isTalkChanged) drawTalk();
}

function textOf(node) {
  var text = node.childNodes[0].nodeValue;
  return text == undefined ? "" : text;
}

switchboard = new Object();

switchboard.login = function (node) {
  // A string: in Flash 7 and later "0" is true, too.
  if (node.attributes.ok != "1") {
    trace("refused " + node.attributes.error);
    userName = undefined;
    showLogin(node.attributes.error);
    return;
  }
  userId = node.attributes.id;
  trace("logged in " + userId);
  hideLogin();
  showStatus(userName, 0x3a9a3a);
  // The 2004 form: nobody closed this element, and it worked.
  send('<room id="' + chatRoom + '" uid="' + userId + '">');
};

switchboard.rooms = function (node) {
  for (var i = 0; i < node.childNodes.length; i++) {
    var room = node.childNodes[i];
    if (room.attributes.id == chatRoom) header.roomName.text = textOf(room);
  }
};

switchboard.users = function (node) {
  members = new Array();
  for (var i = 0; i < node.childNodes.length; i++) {
    var user = node.childNodes[i];
    members.push({ id: user.attributes.id, name: textOf(user) });
    names[user.attributes.id] = textOf(user);
  }
  showMembers();
  if (isInRoom) return;
  isInRoom = true;
  trace("joined " + node.attributes.room_id);
  lines = new Array();
  send('<history room_id="' + chatRoom + '" limit="30" />');
};

switchboard.user = function (node) {
  var id = node.attributes.id;
  removeMember(id);
  names[id] = textOf(node);
  if (node.attributes.gone != "1") members.push({ id: id, name: textOf(node) });
  trace((node.attributes.gone == "1" ? "left " : "entered ") + textOf(node));
  showMembers();
};

switchboard.msg = function (node) {
  var from = node.attributes.from_id;
  var text = textOf(node);
  if (from == "0") {
    trace("system " + text);
    addLine(null, null, text);
    return;
  }
  trace("heard " + names[from] + ": " + text);
  addLine(from, names[from], node.attributes.to_id == undefined ? text : "(private) " + text);
};

// What was said before goes on top. A message that was heard since the question may be in both.
switchboard.history = function (node) {
  var newer = lines;
  var older = node.childNodes.length;
  lines = new Array();
  for (var i = 0; i < older; i++) {
    var said = node.childNodes[i];
    addLine(said.attributes.from_id, said.attributes.name, textOf(said));
  }
  trace("history " + older);
  for (var j = 0; j < newer.length; j++) {
    if (!isShown(newer[j], older)) addLine(newer[j].from, newer[j].name, newer[j].text);
  }
};

function isShown(line, count) {
  for (var i = 0; i < count; i++) {
    if (line.from != null && lines[i].from == line.from && lines[i].text == line.text) return true;
  }
  return false;
}

switchboard.error = function (node) {
  trace("error " + node.attributes.code);
  addLine(null, null, textOf(node));
};

function sendLogin() {
  var request = new XML();
  var login = request.createElement("login");
  login.attributes.u = userName;
  login.attributes.p = userPassword;
  request.appendChild(login);
  socket.send(request);
}

// The page calls it, too; true when it was sent.
function say(text) {
  if (!isInRoom || text == "") return false;
  var message = new XML();
  var msg = message.createElement("msg");
  msg.attributes.from_id = userId;
  msg.attributes.room_id = chatRoom;
  msg.appendChild(message.createTextNode(text));
  message.appendChild(msg);
  send(message.toString());
  return true;
}

function hangUp() {
  socket.close();
  onSocketClose();
}

// Passwords are not sent through it: the trace is for everybody who looks at the page.
function send(frame) {
  trace("xml> " + frame);
  socket.send(frame);
}

function removeMember(id) {
  for (var i = 0; i < members.length; i++) {
    if (members[i].id == id) {
      members.splice(i, 1);
      return;
    }
  }
}

// ---------------------------------------------------------------- the talk

function addLine(from, name, text) {
  lines.push({ from: from, name: name, text: text });
  if (lines.length > 60) lines.shift();
  isTalkChanged = true;
}

function drawTalk() {
  isTalkChanged = false;
  var html = "";
  for (var i = 0; i < lines.length; i++) html += lineAsHtml(lines[i]);
  talkPane.talk.htmlText = html;
  talkPane.talk.scroll = talkPane.talk.maxscroll;
}

function lineAsHtml(line) {
  // A text field of thousands of letters takes long to lay out.
  var text = line.text.length > 400 ? line.text.substr(0, 400) + "..." : line.text;
  if (line.from == null) return '<p><font color="#7a7a8c">' + escapeHtml(text) + "</font></p>";
  var colour = line.from == userId ? "#a03c00" : "#1f3f8f";
  var name = '<font color="' + colour + '"><b>' + escapeHtml(line.name) + ":</b></font> ";
  return "<p>" + name + escapeHtml(text) + "</p>";
}

function escapeHtml(text) {
  text = text.split("&").join("&amp;").split("<").join("&lt;").split(">").join("&gt;");
  return text.split('"').join("&quot;");
}

function talk() {
  var text = "";
  for (var i = 0; i < lines.length; i++) {
    text += (lines[i].name == null ? "" : lines[i].name + ": ") + lines[i].text + "\n";
  }
  return text;
}

function showMembers() {
  var list = "";
  members.sort(byName);
  for (var i = 0; i < members.length; i++) {
    var isMe = members[i].id == userId;
    list += "<p>" + (isMe ? "<b>" : "") + escapeHtml(members[i].name) + (isMe ? "</b>" : "") + "</p>";
  }
  roster.list.htmlText = list;
  roster.title.text = "Users (" + members.length + ")";
}

function byName(one, other) {
  return one.name < other.name ? -1 : 1;
}

function showStatus(text, colour) {
  header.status.text = text;
  header.light.clear();
  header.light.beginFill(colour, 100);
  header.light.moveTo(0, 2);
  header.light.curveTo(0, 0, 2, 0);
  header.light.lineTo(7, 0);
  header.light.curveTo(9, 0, 9, 2);
  header.light.lineTo(9, 7);
  header.light.curveTo(9, 9, 7, 9);
  header.light.lineTo(2, 9);
  header.light.curveTo(0, 9, 0, 7);
  header.light.endFill();
  header.status._x = 506 - header.status.textWidth - 4;
  header.light._x = header.status._x - 13;
}

// ---------------------------------------------------------------- the screen, all of it drawn in code

function drawHeader() {
  header = _root.createEmptyMovieClip("header", 1);
  header.beginGradientFill("linear", [0x7f9ccb, 0x3c5f9e], [100, 100], [0, 255], {
    matrixType: "box", x: 0, y: 0, w: 520, h: 30, r: Math.PI / 2
  });
  box(header, 0, 0, 520, 30);
  header.endFill();
  filled(header, 0, 30, 520, 1, 0x2a4577);
  addText(header, "roomName", 10, 6, 250, 20, 13, 0xffffff, true);
  addText(header, "status", 330, 7, 180, 18, 11, 0xeaf1ff, false);
  header.createEmptyMovieClip("light", 40);
  header.light._y = 11;
  header.roomName.text = "Chat";
}

function drawTalkPane() {
  talkPane = _root.createEmptyMovieClip("talkPane", 2);
  sunken(talkPane, 8, 38, 366, 294);
  addText(talkPane, "talk", 11, 41, 358, 288, 12, 0x202028, false);
  talkPane.talk.multiline = true;
  talkPane.talk.wordWrap = true;
  talkPane.talk.html = true;
  talkPane.talk.selectable = true;
}

function drawRoster() {
  roster = _root.createEmptyMovieClip("roster", 3);
  addText(roster, "title", 382, 37, 130, 18, 11, 0x404858, true);
  sunken(roster, 382, 56, 130, 276);
  addText(roster, "list", 386, 59, 122, 270, 12, 0x202028, false);
  roster.list.multiline = true;
  roster.list.html = true;
  roster.title.text = "Users";
}

function drawInput() {
  composer = _root.createEmptyMovieClip("composer", 4);
  sunken(composer, 8, 340, 366, 24);
  addInput(composer, "field", 11, 343, 360, 19);
  composer.field.maxChars = 1000;
  addButton(composer, "send", 382, 340, 130, 24, "Send", sendField);
}

function sendField() {
  if (say(composer.field.text)) composer.field.text = "";
  Selection.setFocus(composer.field);
}

function showLogin(problem) {
  form = _root.createEmptyMovieClip("form", 10);
  raised(form, 120, 100, 280, 164);
  addText(form, "title", 132, 108, 250, 20, 13, 0x2a4577, true);
  addText(form, "problem", 132, 128, 256, 18, 11, 0xb02a1a, false);
  addText(form, "userLabel", 132, 154, 70, 18, 11, 0x303840, false);
  addText(form, "passwordLabel", 132, 184, 70, 18, 11, 0x303840, false);
  form.title.text = "Log in";
  form.problem.text = problem == undefined ? "" : problem;
  form.userLabel.text = "Username";
  form.passwordLabel.text = "Password";
  sunken(form, 206, 151, 180, 22);
  sunken(form, 206, 181, 180, 22);
  addInput(form, "user", 209, 153, 174, 18);
  addInput(form, "password", 209, 183, 174, 18);
  form.password.password = true;
  addButton(form, "enter", 286, 220, 100, 26, "Enter chat", sendForm);
  Selection.setFocus(form.user);
}

function hideLogin() {
  form.removeMovieClip();
}

function sendForm() {
  userName = form.user.text;
  userPassword = form.password.text;
  sendLogin();
}

function onKey() {
  if (Key.getCode() != Key.ENTER) return;
  if (form.user != undefined) sendForm();
  else sendField();
}

function addText(clip, name, x, y, width, height, size, colour, isBold) {
  clip.createTextField(name, clip.getNextHighestDepth(), x, y, width, height);
  var format = new TextFormat("_sans", size, colour, isBold);
  clip[name].selectable = false;
  clip[name].setNewTextFormat(format);
}

function addInput(clip, name, x, y, width, height) {
  addText(clip, name, x, y, width, height, 12, 0x202028, false);
  clip[name].type = "input";
  clip[name].selectable = true;
}

function addButton(clip, name, x, y, width, height, label, press) {
  var button = clip.createEmptyMovieClip(name, clip.getNextHighestDepth());
  raised(button, x, y, width, height);
  var format = new TextFormat("_sans", 11, 0x303840, true);
  format.align = "center";
  button.createTextField("label", 1, x, y + height / 2 - 9, width, 18);
  button.label.selectable = false;
  button.label.setNewTextFormat(format);
  button.label.text = label;
  button.onRelease = press;
}

function box(clip, x, y, width, height) {
  clip.moveTo(x, y);
  clip.lineTo(x + width, y);
  clip.lineTo(x + width, y + height);
  clip.lineTo(x, y + height);
  clip.lineTo(x, y);
}

function framed(clip, x, y, width, height, colours, leftTop, rightBottom) {
  clip.beginGradientFill("linear", colours, [100, 100], [0, 255], {
    matrixType: "box", x: x, y: y, w: width, h: height, r: Math.PI / 2
  });
  box(clip, x, y, width, height);
  clip.endFill();
  filled(clip, x, y, width, 1, leftTop);
  filled(clip, x, y, 1, height, leftTop);
  filled(clip, x, y + height - 1, width, 1, rightBottom);
  filled(clip, x + width - 1, y, 1, height, rightBottom);
}

function filled(clip, x, y, width, height, colour) {
  clip.beginFill(colour, 100);
  box(clip, x, y, width, height);
  clip.endFill();
}

function sunken(clip, x, y, width, height) {
  framed(clip, x, y, width, height, [0xffffff, 0xffffff], 0x7f8694, 0xf4f6fa);
}

function raised(clip, x, y, width, height) {
  framed(clip, x, y, width, height, [0xfbfcfe, 0xc9d0dc], 0xf4f6fa, 0x6a7180);
}

// ---------------------------------------------------------------- the start

Stage.scaleMode = "showAll";
if (chatPort == undefined) chatPort = 9339;
if (chatRoom == undefined) chatRoom = "1";
queue = new Array();
lines = new Array();
members = new Array();
names = new Object();
userName = chatUser;
userPassword = chatPassword;
isInRoom = false;

drawHeader();
drawTalkPane();
drawRoster();
drawInput();
if (userName == undefined) showLogin();
flash.external.ExternalInterface.addCallback("say", null, say);
flash.external.ExternalInterface.addCallback("talk", null, talk);
flash.external.ExternalInterface.addCallback("hangUp", null, hangUp);
Key.addListener({ onKeyDown: onKey });
_root.onEnterFrame = onFrame;
openSocket();
