-- Tests of the plugin in a real Neovim against the real server:
--   nvim --headless --clean -u spec.lua
local t = dofile(vim.fs.joinpath(vim.fs.dirname(debug.getinfo(1, 'S').source:sub(2)), 'harness.lua'))

local BROKEN = 'image/harbor/broken.yaml'

require('dhi').setup({ cmd = { t.program, 'serve' }, trusted = false })

t.test('plain YAML is left alone', function()
  local bufnr = t.open('plain.yaml')
  t.equal(vim.bo[bufnr].filetype, 'yaml', 'filetype')
  vim.wait(300)
  t.equal(#t.clients(bufnr), 0, 'clients')
  t.equal(require('dhi').statusline(), '', 'status line')
end)

t.test('diagnostics', function()
  local bufnr = t.open_served(BROKEN)
  t.equal(vim.bo[bufnr].filetype, 'yaml.dhi', 'filetype')
  t.eventually('unknown-field', function()
    return vim.tbl_contains(t.codes(bufnr), 'unknown-field')
  end)
  t.equal(#t.clients(bufnr), 1, 'clients')
  local d = vim.tbl_filter(function(x)
    return x.code == 'unknown-field'
  end, vim.diagnostic.get(bufnr))[1]
  t.equal({ d.lnum, d.col, d.end_col, d.severity }, { 56, 0, 10, vim.diagnostic.severity.ERROR }, 'place')
  assert(require('dhi').statusline():match('^DHI'), 'status line')
end)

t.test('syntax of YAML is kept', function()
  local bufnr = t.open_served(BROKEN)
  assert(vim.api.nvim_get_option_value('commentstring', { buf = bufnr }):match('#'), 'commentstring')
  t.equal(vim.treesitter.language.get_lang('yaml.dhi') or 'yaml', 'yaml', 'tree-sitter')
end)

t.test('hover', function()
  local bufnr = t.open_served(BROKEN)
  local line, col = t.find(bufnr, 'run-as')
  local result = t.request(bufnr, 'textDocument/hover', t.position(bufnr, line, col + 1))
  assert(result and vim.inspect(result.contents):match('run%-as'), vim.inspect(result))
end)

t.test('completion of a key', function()
  local bufnr = t.open_served(BROKEN)
  local last = vim.api.nvim_buf_line_count(bufnr)
  vim.api.nvim_buf_set_lines(bufnr, last, last, false, { 'entryp' })
  local result = t.request(bufnr, 'textDocument/completion', t.position(bufnr, last, 6))
  local labels = vim.tbl_map(function(i)
    return i.label
  end, result.items or result)
  assert(vim.tbl_contains(labels, 'entrypoint'), vim.inspect(labels))
  vim.api.nvim_buf_set_lines(bufnr, last, -1, false, {})
end)

t.test('completion of a package name and version', function()
  local bufnr = t.open_served(BROKEN)
  local line = t.find(bufnr, '- tzdata')
  for typed, want in pairs({ ['    - harb'] = 'harbor-light', ['    - harbor-light='] = '2.1.0-r3' }) do
    vim.api.nvim_buf_set_lines(bufnr, line, line, false, { typed })
    local result = t.request(bufnr, 'textDocument/completion', t.position(bufnr, line, #typed))
    local labels = vim.tbl_map(function(i)
      return i.label
    end, result.items or result)
    vim.api.nvim_buf_set_lines(bufnr, line, line + 1, false, {})
    assert(vim.tbl_contains(labels, want), typed .. ': ' .. vim.inspect(labels))
  end
end)

t.test('a quick fix is applied', function()
  local bufnr = t.open_served(BROKEN)
  local line = t.find(bufnr, 'entrypiont')
  vim.api.nvim_win_set_cursor(0, { line + 1, 11 }) -- at the end of the line
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(a)
      return a.kind == 'quickfix' and a.title:match('entrypoint') ~= nil
    end,
  })
  t.eventually('the field is mended', function()
    return vim.api.nvim_buf_get_lines(bufnr, line, line + 1, false)[1] == 'entrypoint:'
  end)
  t.eventually('the finding is gone', function()
    return not vim.tbl_contains(t.codes(bufnr), 'unknown-field')
  end)
  vim.cmd('silent undo')
  t.eventually('it is back', function()
    return vim.tbl_contains(t.codes(bufnr), 'unknown-field')
  end)
end)

t.test('rename', function()
  local bufnr = t.open_served(BROKEN)
  local line, col = t.find(bufnr, 'keeper')
  vim.api.nvim_win_set_cursor(0, { line + 1, col })
  vim.lsp.buf.rename('warden')
  t.eventually('renamed', function()
    local text = table.concat(vim.api.nvim_buf_get_lines(bufnr, 0, -1, false), '\n')
    return select(2, text:gsub('warden', '')) == 3
  end)
end)

t.test('inlay hints', function()
  local bufnr = t.open_served(BROKEN)
  t.eventually('a hint', function()
    local hints = t.request(bufnr, 'textDocument/inlayHint', {
      textDocument = { uri = vim.uri_from_bufnr(bufnr) },
      range = {
        start = { line = 0, character = 0 },
        ['end'] = { line = vim.api.nvim_buf_line_count(bufnr), character = 0 },
      },
    })
    return vim.inspect(hints):match('1%.4%.0') and vim.inspect(hints):match('rwxr%-x')
  end)
  vim.lsp.inlay_hint.enable(true, { bufnr = bufnr })
  t.eventually('drawn', function()
    return #vim.lsp.inlay_hint.get({ bufnr = bufnr }) > 0
  end)
end)

t.test('code lenses', function()
  local bufnr = t.open_served(BROKEN)
  local lenses = t.request(bufnr, 'textDocument/codeLens', { textDocument = { uri = vim.uri_from_bufnr(bufnr) } })
  local commands = vim.tbl_map(function(l)
    return l.command and l.command.command or ''
  end, lenses)
  assert(vim.tbl_contains(commands, 'dhi-ls.build'), vim.inspect(commands))
  assert(vim.lsp.commands['dhi-ls.build'], 'the lens has its command')
end)

t.test(':DhiCheck fills the quickfix list', function()
  t.open_served(BROKEN)
  vim.cmd.DhiCheck(t.ws)
  t.eventually('an item', function()
    local items = vim.fn.getqflist({ items = true, title = true })
    return items.title == 'DHI check' and #vim.tbl_filter(function(i)
      return i.lnum == 57 and i.col == 1 and i.type == 'E' and i.text:match('unknown%-field')
    end, items.items) == 1
  end)
  vim.cmd.cclose()
end)

t.test(':DhiExplain shows the page of the rule here', function()
  local bufnr = t.open_served(BROKEN)
  t.eventually('findings', function()
    return #t.codes(bufnr) > 0
  end)
  local line = t.find(bufnr, 'entrypiont')
  vim.api.nvim_win_set_cursor(0, { line + 1, 0 })
  vim.cmd.DhiExplain()
  t.eventually('the page', function()
    local page = vim.fn.bufnr('dhi://rule/unknown-field')
    return page ~= -1 and vim.api.nvim_buf_get_lines(page, 0, 1, false)[1] == '# unknown-field'
  end)
  vim.cmd.only()
end)

t.test('a build without a builder ends with its reason in the log', function()
  local bufnr = t.open_served(BROKEN)
  local ended
  require('dhi.build').start(bufnr, { '--builder', 'unix:///nowhere/buildkitd.sock' }, function(code)
    ended = code
  end)
  t.equal(require('dhi.build').running(bufnr), true, 'running')
  t.eventually('the end', function()
    return ended
  end)
  t.equal(ended, 3, 'exit code')
  local log = table.concat(vim.api.nvim_buf_get_lines(require('dhi.build').log.bufnr, 0, -1, false), '\n')
  assert(log:match('nowhere') and log:match('%-%- not built'), log)
  t.equal(require('dhi.build').running(bufnr), false, 'running')
  vim.cmd.only()
end)

-- with_program runs a function while the commands run a script in place of
-- dhi-ls.
local function with_program(script, fn)
  local file = vim.fn.tempname()
  vim.fn.writefile(vim.list_extend({ '#!/bin/sh' }, script), file)
  vim.uv.fs_chmod(file, 493)
  local options = require('dhi').options
  local cmd = options.cmd
  options.cmd = { file, 'serve' }
  local ok, err = pcall(fn)
  options.cmd = cmd
  if not ok then
    error(err, 0)
  end
end

t.test('a build is cancelled', function()
  local bufnr = t.open_served(BROKEN)
  with_program({ 'trap "exit 130" INT', 'echo "step 1" >&2', 'while :; do sleep 0.05; done' }, function()
    local ended
    require('dhi.build').start(bufnr, {}, function(code)
      ended = code
    end)
    t.eventually('the log follows', function()
      return vim.api.nvim_buf_get_lines(require('dhi.build').log.bufnr, 0, 1, false)[1] == 'step 1'
    end)
    assert(require('dhi').statusline():match('building'), 'status line')
    vim.cmd.DhiCancel()
    t.eventually('the end', function()
      return ended
    end)
  end)
  t.equal(t.messages[#t.messages], 'dhi: cancelled', 'message')
  vim.cmd.only()
end)

t.test('a lens hands its options over', function()
  local bufnr = t.open_served(BROKEN)
  local lens = vim.tbl_filter(function(l)
    local command = l.command or {}
    return command.command == 'dhi-ls.build' and command.arguments[1].load
  end, t.request(bufnr, 'textDocument/codeLens', { textDocument = { uri = vim.uri_from_bufnr(bufnr) } }))[1]
  assert(lens, 'a lens that loads the image')
  local asked
  local input = vim.ui.input
  vim.ui.input = function(o, done)
    asked = o.default
    done('harbor:test')
  end
  with_program({ 'echo "$@" >&2' }, function()
    vim.lsp.commands['dhi-ls.build'](lens.command, { bufnr = bufnr })
    t.eventually('the build', function()
      local log = table.concat(vim.api.nvim_buf_get_lines(require('dhi.build').log.bufnr, 0, -1, false), '\n')
      return log:match('%-%-load %-%-tag harbor:test %-')
    end)
  end)
  vim.ui.input = input
  t.equal(asked, 'broken:dev', 'the name that is offered')
  vim.cmd.only()
end)

t.test('arguments are completed by the program', function()
  local function completed(line)
    return vim.fn.getcompletion(line, 'cmdline')
  end
  assert(vim.tbl_contains(completed('DhiBuild --pl'), '--platform'), 'a flag of build')
  assert(vim.tbl_contains(completed('DhiBuild --load --pu'), '--push'), 'a second flag')
  assert(vim.tbl_contains(completed('DhiIndex '), 'update'), 'an action of index')
  assert(vim.tbl_contains(completed('DhiIndex u'), 'update'), 'the beginning of one')
  assert(vim.tbl_contains(completed('DhiNew '), 'image'), 'a kind of definition')
  assert(vim.tbl_contains(completed('DhiNew image --d'), '--dist'), 'a flag of new')
  assert(vim.tbl_contains(completed('DhiExplain unknown-f'), 'unknown-field'), 'a rule')
end)

t.test(':DhiNew writes a definition without findings', function()
  vim.cmd.DhiNew('image', '--name', 'Harbormaster', '--dist', 'alpine-3.23')
  t.eventually('the definition', function()
    return vim.api.nvim_buf_get_lines(0, 2, 3, false)[1] == 'name: Harbormaster 1.x'
  end)
  t.equal({ vim.bo.filetype, vim.api.nvim_buf_get_name(0) }, { 'yaml.dhi', '' }, 'the buffer')
  vim.cmd.bwipeout({ bang = true })
end)

t.test('columns of findings count code points', function()
  local bufnr = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, { 'ñ: xyz' })
  local d = require('dhi.findings').diagnostics({
    {
      file = 'a',
      severity = 'error',
      code = 'c',
      message = 'm',
      range = { start = { line = 1, column = 4 }, ['end'] = { line = 1, column = 7 } },
    },
  }, bufnr)[1]
  t.equal({ d.col, d.end_col }, { 4, 7 }, 'columns')
end)

t.test('restart after the server is killed', function()
  local bufnr = t.open_served(BROKEN)
  local before = t.eventually('a client', function()
    return t.clients(bufnr)[1]
  end)
  local children = vim.api.nvim_get_proc_children(vim.fn.getpid())
  for _, pid in ipairs(children) do
    local info = vim.api.nvim_get_proc(pid)
    if info and info.name:match('dhi%-ls') then
      vim.uv.kill(pid, 'sigkill')
    end
  end
  t.eventually('the client is gone', function()
    return not t.clients(bufnr)[1] or t.clients(bufnr)[1].id ~= before.id
  end)
  t.eventually('another one', function()
    local now = t.clients(bufnr)[1]
    return now and now.id ~= before.id and vim.tbl_contains(t.codes(bufnr), 'unknown-field')
  end)
end)

t.test(':DhiRestart', function()
  local bufnr = t.open_served(BROKEN)
  local before = t.clients(bufnr)[1].id
  vim.cmd.DhiRestart()
  t.eventually('another client', function()
    return t.clients(bufnr)[1] and t.clients(bufnr)[1].id ~= before and #t.codes(bufnr) > 0
  end)
  t.equal(#t.clients(bufnr), 1, 'clients')
end)

t.test(':checkhealth dhi', function()
  vim.cmd.checkhealth('dhi')
  local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
  assert(text:match('dhi%-ls') and not text:match('ERROR'), text)
  assert(text:match('client %d+ serves'), text)
end)

t.test(':help dhi', function()
  vim.cmd.helptags(t.plugin .. '/doc')
  for name in pairs(require('dhi.commands').table) do
    vim.cmd.help(':' .. name)
  end
  vim.cmd.help('dhi')
  t.equal(vim.fn.expand('%:t'), 'dhi.txt', 'help file')
end)

if vim.lsp.enable then
  t.test('vim.lsp.enable alone', function()
    local config = dofile(t.plugin .. '/lsp/dhi_ls.lua')
    local roots = {}
    for _, name in ipairs({ 'plain.yaml', BROKEN }) do
      config.root_dir(t.open(name), function(root)
        table.insert(roots, root)
      end)
    end
    t.equal(#roots, 1, 'roots')
  end)
end

t.finish()
