-- Tests of the plugin in a real Neovim against the real server:
--   nvim --headless --clean -u spec.lua
-- Environment: DHI_LS (program), DHI_WS (a copy of fixtures/ws), DHI_PLUGIN.
local plugin, ws, program = vim.env.DHI_PLUGIN, vim.env.DHI_WS, vim.env.DHI_LS
vim.opt.runtimepath:prepend(plugin)
vim.cmd('filetype plugin indent on')
vim.cmd('syntax on')
vim.opt.swapfile = false
vim.cmd.runtime({ 'plugin/dhi.lua', bang = true })
vim.cmd.runtime({ 'ftdetect/dhi.lua', bang = true })

local failures, count = {}, 0
local messages = {}
vim.notify = function(message)
  table.insert(messages, message)
end

local function test(name, fn)
  count = count + 1
  local ok, err = xpcall(fn, debug.traceback)
  io.stdout:write((ok and 'ok ' or 'not ok ') .. count .. ' ' .. name .. '\n')
  if not ok then
    table.insert(failures, name)
    io.stdout:write('  ' .. tostring(err):gsub('\n', '\n  ') .. '\n')
  end
end

local function equal(got, want, what)
  if not vim.deep_equal(got, want) then
    error(('%s: got %s, want %s'):format(what or 'value', vim.inspect(got), vim.inspect(want)), 2)
  end
end

local function eventually(what, fn)
  local last
  local ok = vim.wait(15000, function()
    last = fn()
    return last
  end, 20)
  if not ok then
    error('never: ' .. what, 2)
  end
  return last
end

local function open(name)
  local there = vim.fn.bufnr(vim.fs.joinpath(ws, name))
  if there ~= -1 then
    vim.cmd.bwipeout({ there, bang = true })
  end
  vim.cmd.edit(vim.fs.joinpath(ws, name))
  return vim.api.nvim_get_current_buf()
end

-- open_served opens a file and waits for the server to be attached to it.
local function open_served(name)
  local bufnr = open(name)
  eventually('a client', function()
    local client = vim.lsp.get_clients({ name = 'dhi_ls', bufnr = bufnr })[1]
    return client and client.initialized
  end)
  return bufnr
end

local function codes(bufnr)
  local list = vim.tbl_map(function(d)
    return d.code
  end, vim.diagnostic.get(bufnr))
  table.sort(list)
  return list
end

local function clients(bufnr)
  return vim.lsp.get_clients({ name = 'dhi_ls', bufnr = bufnr })
end

local function request(bufnr, method, params)
  local answers = vim.lsp.buf_request_sync(bufnr, method, params, 5000) or {}
  for _, a in pairs(answers) do
    if a.err then
      error(vim.inspect(a.err))
    end
    return a.result
  end
end

local function position(bufnr, line, character)
  return { textDocument = { uri = vim.uri_from_bufnr(bufnr) }, position = { line = line, character = character } }
end

local function find(bufnr, text)
  for i, l in ipairs(vim.api.nvim_buf_get_lines(bufnr, 0, -1, false)) do
    local col = l:find(text, 1, true)
    if col then
      return i - 1, col - 1
    end
  end
  error('no ' .. text)
end

local BROKEN = 'image/harbor/broken.yaml'

require('dhi').setup({ cmd = { program, 'serve' }, trusted = false })

test('plain YAML is left alone', function()
  local bufnr = open('plain.yaml')
  equal(vim.bo[bufnr].filetype, 'yaml', 'filetype')
  vim.wait(300)
  equal(#clients(bufnr), 0, 'clients')
  equal(require('dhi').statusline(), '', 'status line')
end)

test('diagnostics', function()
  local bufnr = open_served(BROKEN)
  equal(vim.bo[bufnr].filetype, 'yaml.dhi', 'filetype')
  eventually('unknown-field', function()
    return vim.tbl_contains(codes(bufnr), 'unknown-field')
  end)
  equal(#clients(bufnr), 1, 'clients')
  local d = vim.tbl_filter(function(x)
    return x.code == 'unknown-field'
  end, vim.diagnostic.get(bufnr))[1]
  equal({ d.lnum, d.col, d.end_col, d.severity }, { 56, 0, 10, vim.diagnostic.severity.ERROR }, 'place')
  assert(require('dhi').statusline():match('^DHI'), 'status line')
end)

test('syntax of YAML is kept', function()
  local bufnr = open_served(BROKEN)
  assert(vim.api.nvim_get_option_value('commentstring', { buf = bufnr }):match('#'), 'commentstring')
  equal(vim.treesitter.language.get_lang('yaml.dhi') or 'yaml', 'yaml', 'tree-sitter')
end)

test('hover', function()
  local bufnr = open_served(BROKEN)
  local line, col = find(bufnr, 'run-as')
  local result = request(bufnr, 'textDocument/hover', position(bufnr, line, col + 1))
  assert(result and vim.inspect(result.contents):match('run%-as'), vim.inspect(result))
end)

test('completion of a key', function()
  local bufnr = open_served(BROKEN)
  local last = vim.api.nvim_buf_line_count(bufnr)
  vim.api.nvim_buf_set_lines(bufnr, last, last, false, { 'entryp' })
  local result = request(bufnr, 'textDocument/completion', position(bufnr, last, 6))
  local labels = vim.tbl_map(function(i)
    return i.label
  end, result.items or result)
  assert(vim.tbl_contains(labels, 'entrypoint'), vim.inspect(labels))
  vim.api.nvim_buf_set_lines(bufnr, last, -1, false, {})
end)

test('completion of a package name and version', function()
  local bufnr = open_served(BROKEN)
  local line = find(bufnr, '- tzdata')
  for typed, want in pairs({ ['    - harb'] = 'harbor-light', ['    - harbor-light='] = '2.1.0-r3' }) do
    vim.api.nvim_buf_set_lines(bufnr, line, line, false, { typed })
    local result = request(bufnr, 'textDocument/completion', position(bufnr, line, #typed))
    local labels = vim.tbl_map(function(i)
      return i.label
    end, result.items or result)
    vim.api.nvim_buf_set_lines(bufnr, line, line + 1, false, {})
    assert(vim.tbl_contains(labels, want), typed .. ': ' .. vim.inspect(labels))
  end
end)

test('a quick fix is applied', function()
  local bufnr = open_served(BROKEN)
  local line = find(bufnr, 'entrypiont')
  vim.api.nvim_win_set_cursor(0, { line + 1, 11 }) -- at the end of the line
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(a)
      return a.kind == 'quickfix' and a.title:match('entrypoint') ~= nil
    end,
  })
  eventually('the field is mended', function()
    return vim.api.nvim_buf_get_lines(bufnr, line, line + 1, false)[1] == 'entrypoint:'
  end)
  eventually('the finding is gone', function()
    return not vim.tbl_contains(codes(bufnr), 'unknown-field')
  end)
  vim.cmd('silent undo')
  eventually('it is back', function()
    return vim.tbl_contains(codes(bufnr), 'unknown-field')
  end)
end)

test('rename', function()
  local bufnr = open_served(BROKEN)
  local line, col = find(bufnr, 'keeper')
  vim.api.nvim_win_set_cursor(0, { line + 1, col })
  vim.lsp.buf.rename('warden')
  eventually('renamed', function()
    local text = table.concat(vim.api.nvim_buf_get_lines(bufnr, 0, -1, false), '\n')
    return select(2, text:gsub('warden', '')) == 3
  end)
end)

test('inlay hints', function()
  local bufnr = open_served(BROKEN)
  eventually('a hint', function()
    local hints = request(bufnr, 'textDocument/inlayHint', {
      textDocument = { uri = vim.uri_from_bufnr(bufnr) },
      range = { start = { line = 0, character = 0 }, ['end'] = { line = vim.api.nvim_buf_line_count(bufnr), character = 0 } },
    })
    return vim.inspect(hints):match('1%.4%.0') and vim.inspect(hints):match('rwxr%-x')
  end)
  vim.lsp.inlay_hint.enable(true, { bufnr = bufnr })
  eventually('drawn', function()
    return #vim.lsp.inlay_hint.get({ bufnr = bufnr }) > 0
  end)
end)

test('code lenses', function()
  local bufnr = open_served(BROKEN)
  local lenses = request(bufnr, 'textDocument/codeLens', { textDocument = { uri = vim.uri_from_bufnr(bufnr) } })
  local commands = vim.tbl_map(function(l)
    return l.command and l.command.command or ''
  end, lenses)
  assert(vim.tbl_contains(commands, 'dhi-ls.build'), vim.inspect(commands))
  assert(vim.lsp.commands['dhi-ls.build'], 'the lens has its command')
end)

test(':DhiCheck fills the quickfix list', function()
  open_served(BROKEN)
  vim.cmd.DhiCheck(ws)
  eventually('an item', function()
    local items = vim.fn.getqflist({ items = true, title = true })
    return items.title == 'DHI check' and #vim.tbl_filter(function(i)
      return i.lnum == 57 and i.col == 1 and i.type == 'E' and i.text:match('unknown%-field')
    end, items.items) == 1
  end)
  vim.cmd.cclose()
end)

test(':DhiExplain shows the page of the rule here', function()
  local bufnr = open_served(BROKEN)
  eventually('findings', function()
    return #codes(bufnr) > 0
  end)
  local line = find(bufnr, 'entrypiont')
  vim.api.nvim_win_set_cursor(0, { line + 1, 0 })
  vim.cmd.DhiExplain()
  eventually('the page', function()
    local page = vim.fn.bufnr('dhi://rule/unknown-field')
    return page ~= -1 and vim.api.nvim_buf_get_lines(page, 0, 1, false)[1] == '# unknown-field'
  end)
  vim.cmd.only()
end)

test('a build without a builder ends with its reason in the log', function()
  local bufnr = open_served(BROKEN)
  local ended
  require('dhi.build').start(bufnr, { '--builder', 'unix:///nowhere/buildkitd.sock' }, function(code)
    ended = code
  end)
  equal(require('dhi.build').running(bufnr), true, 'running')
  eventually('the end', function()
    return ended
  end)
  equal(ended, 3, 'exit code')
  local log = table.concat(vim.api.nvim_buf_get_lines(require('dhi.build').log.bufnr, 0, -1, false), '\n')
  assert(log:match('nowhere') and log:match('%-%- not built'), log)
  equal(require('dhi.build').running(bufnr), false, 'running')
  vim.cmd.only()
end)

test('a build is cancelled', function()
  local bufnr = open_served(BROKEN)
  local slow = vim.fn.tempname()
  vim.fn.writefile({ '#!/bin/sh', 'trap "exit 130" INT', 'echo "step 1" >&2', 'while :; do sleep 0.05; done' }, slow)
  vim.uv.fs_chmod(slow, 493)
  local cmd = require('dhi').options.cmd
  require('dhi').options.cmd = { slow, 'serve' }
  local ended
  require('dhi.build').start(bufnr, {}, function(code)
    ended = code
  end)
  eventually('the log follows', function()
    return vim.api.nvim_buf_get_lines(require('dhi.build').log.bufnr, 0, 1, false)[1] == 'step 1'
  end)
  assert(require('dhi').statusline():match('building'), 'status line')
  vim.cmd.DhiCancel()
  eventually('the end', function()
    return ended
  end)
  require('dhi').options.cmd = cmd
  equal(messages[#messages], 'dhi: cancelled', 'message')
  vim.cmd.only()
end)

test('columns of findings count code points', function()
  local bufnr = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, { 'ñ: xyz' })
  local d = require('dhi.findings').diagnostics({
    { file = 'a', severity = 'error', code = 'c', message = 'm', range = { start = { line = 1, column = 4 }, ['end'] = { line = 1, column = 7 } } },
  }, bufnr)[1]
  equal({ d.col, d.end_col }, { 4, 7 }, 'columns')
end)

test('restart after the server is killed', function()
  local bufnr = open_served(BROKEN)
  local before = eventually('a client', function()
    return clients(bufnr)[1]
  end)
  local children = vim.api.nvim_get_proc_children(vim.fn.getpid())
  for _, pid in ipairs(children) do
    local info = vim.api.nvim_get_proc(pid)
    if info and info.name:match('dhi%-ls') then
      vim.uv.kill(pid, 'sigkill')
    end
  end
  eventually('the client is gone', function()
    return not clients(bufnr)[1] or clients(bufnr)[1].id ~= before.id
  end)
  require('dhi').attach(bufnr)
  eventually('another one', function()
    return clients(bufnr)[1] and clients(bufnr)[1].id ~= before.id and vim.tbl_contains(codes(bufnr), 'unknown-field')
  end)
end)

test(':DhiRestart', function()
  local bufnr = open_served(BROKEN)
  local before = clients(bufnr)[1].id
  vim.cmd.DhiRestart()
  eventually('another client', function()
    return clients(bufnr)[1] and clients(bufnr)[1].id ~= before and #codes(bufnr) > 0
  end)
  equal(#clients(bufnr), 1, 'clients')
end)

test(':checkhealth dhi', function()
  vim.cmd.checkhealth('dhi')
  local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
  assert(text:match('dhi%-ls') and not text:match('ERROR'), text)
  assert(text:match('client %d+ serves'), text)
end)

test(':help dhi', function()
  vim.cmd.helptags(plugin .. '/doc')
  for name in pairs(require('dhi.commands').table) do
    vim.cmd.help(':' .. name)
  end
  vim.cmd.help('dhi')
  equal(vim.fn.expand('%:t'), 'dhi.txt', 'help file')
end)

if vim.lsp.enable then
  test('vim.lsp.enable alone', function()
    local config = dofile(plugin .. '/lsp/dhi_ls.lua')
    local roots = {}
    for _, name in ipairs({ 'plain.yaml', BROKEN }) do
      config.root_dir(open(name), function(root)
        table.insert(roots, root)
      end)
    end
    equal(#roots, 1, 'roots')
  end)
end

io.stdout:write(('1..%d\n'):format(count))
io.stdout:flush()
vim.cmd(#failures == 0 and 'qall!' or 'cquit 1')
