<?php
// The server of the story of 2004, as its text has it: one loop around select(), an array of clients, every
// message parsed by SAX into an array, a switch over commands, and broadcast() as a loop of writes.
// What it does not do here: ask a database for the password, and write what was said into one.
set_time_limit(0);

class Server {
  public $handler;
  private $listener;
  private $sockets = [];
  private $unread = [];

  function start() {
    $this->listener = socket_create(AF_INET, SOCK_STREAM, SOL_TCP);
    socket_bind($this->listener, '127.0.0.1', 0);
    socket_listen($this->listener, 128);
    socket_getsockname($this->listener, $host, $port);
    echo "listening on $port\n";
    while (true) $this->turn();
  }

  private function turn() {
    $read = array_merge([$this->listener], $this->sockets);
    $write = null;
    $except = null;
    if (socket_select($read, $write, $except, null) < 1) return;
    if (in_array($this->listener, $read, true)) $this->accept();
    foreach ($this->sockets as $client_id => $socket) {
      if (in_array($socket, $read, true)) $this->read($client_id);
    }
  }

  private function accept() {
    $socket = socket_accept($this->listener);
    socket_set_option($socket, SOL_TCP, TCP_NODELAY, 1);
    $this->sockets[] = $socket;
    $this->unread[array_key_last($this->sockets)] = '';
  }

  private function read($client_id) {
    $data = @socket_read($this->sockets[$client_id], 2048, PHP_BINARY_READ);
    if ($data === false || $data === '') {
      socket_close($this->sockets[$client_id]);
      unset($this->sockets[$client_id], $this->unread[$client_id]);
      $this->handler->gone($client_id);
      return;
    }
    $messages = explode("\0", $this->unread[$client_id] . $data);
    $this->unread[$client_id] = array_pop($messages);
    foreach ($messages as $message) $this->handler->process_message($client_id, $message);
  }

  // To one client, or with -1 to everyone but $exclude_id.
  function broadcast($message, $client_id = -1, $exclude_id = -1) {
    if ($client_id >= 0) {
      socket_write($this->sockets[$client_id], $message, strlen($message));
      return;
    }
    foreach ($this->sockets as $id => $socket) {
      if ($id != $exclude_id) socket_write($socket, $message, strlen($message));
    }
  }
}

class Xml {
  public $tree = [];
  private $path = [];

  function __construct($message) {
    $parser = xml_parser_create();
    xml_set_object($parser, $this);
    xml_parser_set_option($parser, XML_OPTION_CASE_FOLDING, 0);
    xml_set_element_handler($parser, 'open', 'close');
    xml_set_character_data_handler($parser, 'text');
    xml_parse($parser, $message, true);
    xml_parser_free($parser);
  }

  function open($parser, $name, $attributes) {
    $this->path[] = $name;
    if (count($this->path) == 1) $this->tree[$name] = ['attributes' => $attributes, 'value' => ''];
  }

  function close($parser, $name) {
    array_pop($this->path);
  }

  function text($parser, $data) {
    if (count($this->path) == 1) $this->tree[$this->path[0]]['value'] .= $data;
  }
}

class Chat {
  private $server;
  private $xml;
  private $command;
  private $client_array = [];
  private $rooms = [];
  private $next_id = 1;

  function __construct($server) {
    $this->server = $server;
  }

  function process_message($client_id, $message) {
    $this->xml = new Xml($message);
    $this->command = $this->xml->tree;
    switch (true) {
      case isset($this->command['login']):
        $this->login($client_id, $this->command['login']['attributes']['u']);
        break;
      case isset($this->command['room']):
        $this->enter($client_id, $this->command['room']['attributes']['id']);
        break;
      case isset($this->command['msg']):
        $this->message(
          $client_id,
          $this->command['msg']['attributes']['room_id'],
          $this->command['msg']['value'],
        );
        break;
    }
  }

  function gone($client_id) {
    foreach ($this->rooms as $room_id => $members) unset($this->rooms[$room_id][$client_id]);
    unset($this->client_array[$client_id]);
  }

  private function login($client_id, $username) {
    $id = $this->next_id++;
    $this->client_array[$client_id] = ['member_id' => $id, 'member_username' => $username];
    $this->server->broadcast('<login ok="1" id="' . $id . '" />' . "\0", $client_id);
    $this->server->broadcast('<rooms><room id="1">Lobby 1</room></rooms>' . "\0", $client_id);
  }

  private function enter($client_id, $room_id) {
    $this->rooms[$room_id][$client_id] = $client_id;
    $users = '<users room_id="' . $room_id . '">';
    foreach ($this->rooms[$room_id] as $id) $users .= $this->user($id, '');
    $this->server->broadcast($users . '</users>' . "\0", $client_id);
    $name = htmlspecialchars($this->client_array[$client_id]['member_username']);
    foreach ($this->rooms[$room_id] as $id) {
      if ($id == $client_id) continue;
      $this->server->broadcast($this->user($client_id, ' room_id="' . $room_id . '"') . "\0", $id);
      $this->server->broadcast('<msg from_id="0">*' . $name . ' has entered</msg>' . "\0", $id);
    }
  }

  private function user($client_id, $more) {
    $client = $this->client_array[$client_id];
    $name = htmlspecialchars($client['member_username']);
    return '<user id="' . $client['member_id'] . '"' . $more . '>' . $name . '</user>';
  }

  private function message($client_id, $room_id, $text) {
    $from = $this->client_array[$client_id]['member_id'];
    $message = '<msg from_id="' . $from . '">' . htmlspecialchars($text) . '</msg>' . "\0";
    foreach ($this->rooms[$room_id] as $id) $this->server->broadcast($message, $id);
  }
}

$server = new Server();
$server->handler = new Chat($server);
$server->start();
