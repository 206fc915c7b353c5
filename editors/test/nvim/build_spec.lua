-- Builds in a real Neovim against a real BuildKit:
--   nvim --headless --clean -u build_spec.lua
local t = dofile(vim.fs.joinpath(vim.fs.dirname(debug.getinfo(1, 'S').source:sub(2)), 'harness.lua'))
local build = require('dhi.build')

local FILE = 'image/lighthouse/2.yaml'

-- Nothing is fetched, and nobody is asked whether it may be.
local settings = { index = { fetch = 'never' } }
require('dhi').setup({ cmd = { t.program, 'serve' }, trusted = true, settings = settings })

-- log is that of the last build, with what it found behind it.
local function log()
  return build.log and table.concat(vim.api.nvim_buf_get_lines(build.log.bufnr, 0, -1, false), '\n') or ''
end

-- ends waits for the build of a buffer, for a minute at most.
local function ends(bufnr)
  assert(vim.wait(60000, function()
    return not build.running(bufnr)
  end, 20), 'the build does not end')
end

-- insert_behind puts a line behind one of the buffer, and gives its number.
local function insert_behind(bufnr, text, line)
  local at = t.find(bufnr, text) + 1
  vim.api.nvim_buf_set_lines(bufnr, at, at, false, { (' '):rep(12) .. line })
  return at
end

-- step_runs says whether a step's process runs: steps are seen from the
-- namespaces that the tests run in.
local function step_runs(marker)
  for name, kind in vim.fs.dir('/proc') do
    local file = kind == 'directory' and name:match('^%d+$') and io.open('/proc/' .. name .. '/cmdline', 'rb')
    local line = file and file:read('*a') or ''
    if file then
      file:close()
    end
    if line:find(marker, 1, true) then
      return true
    end
  end
  return false
end

t.test('a build is followed to its result', function()
  local bufnr = t.open_served(FILE)
  vim.cmd.DhiBuild('--no-cache')
  local window = vim.fn.win_findbuf(build.log.bufnr)[1]
  assert(window, 'the log has a window')
  assert(window ~= vim.api.nvim_get_current_win(), 'the cursor stays in the definition')
  t.eventually('the log while it is built', function()
    return build.running(bufnr) and log():match('CC mirror%.c')
  end, function()
    return log() .. vim.inspect(vim.fn.getqflist())
  end)
  assert(require('dhi').statusline():match('building'), 'status line')
  ends(bufnr)
  assert(log():match('CC lens%.c.*3 tests passed'), log())
  assert(log():match('digest  sha256:%x+') and log():match('image   linux/amd64, %d+%.%d MB'), log())
  assert(log():match('%-%- built$') or log():match('%-%- built\n'), log())
  local last = vim.api.nvim_buf_line_count(build.log.bufnr)
  t.equal(vim.api.nvim_win_get_cursor(window)[1], last, 'the line that the log is followed to')
  t.equal(t.messages[#t.messages], 'dhi: built', 'message')
  t.equal(vim.fn.getqflist(), {}, 'quickfix list')
  vim.cmd.only()
end)

t.test('a failure is in the quickfix list and on its line, of the text as it stands in the buffer', function()
  local bufnr = t.open_served(FILE)
  local line = insert_behind(bufnr, 'done', 'no-such-command --now')
  vim.cmd.DhiBuild()
  ends(bufnr)
  t.equal(t.messages[#t.messages], 'dhi: the definition failed to build', 'message')
  local list = vim.fn.getqflist({ items = true, title = true })
  t.equal(list.title, 'DHI build', 'title')
  local item = list.items[1]
  t.equal({ item.bufnr, item.lnum, item.type }, { bufnr, line + 1, 'E' }, 'item')
  assert(item.text:match('no%-such%-command'), item.text)
  local found = vim.tbl_filter(function(d)
    return d.source == 'dhi-ls build'
  end, vim.diagnostic.get(bufnr))
  t.equal(#found, 1, 'diagnostics')
  t.equal({ found[1].lnum, found[1].col }, { line, 12 }, 'place')
  vim.cmd.cfirst()
  t.equal({ vim.api.nvim_get_current_buf(), vim.api.nvim_win_get_cursor(0)[1] }, { bufnr, line + 1 }, 'the first item')

  vim.cmd('silent undo')
  vim.cmd.DhiBuild()
  ends(bufnr)
  t.equal(vim.fn.getqflist(), {}, 'quickfix list of the mended one')
  t.equal(#vim.diagnostic.get(bufnr, { severity = vim.diagnostic.severity.ERROR }), 0, 'errors of the mended one')
  vim.cmd.only()
end)

t.test('a build is cancelled, and its step with it', function()
  local bufnr = t.open_served(FILE)
  local marker = 'sleep 603'
  insert_behind(bufnr, 'done', marker)
  vim.cmd.DhiBuild()
  t.eventually('the step runs', function()
    return step_runs(marker)
  end, function()
    return log() .. vim.inspect(vim.fn.getqflist())
  end)
  vim.cmd.DhiCancel()
  ends(bufnr)
  t.eventually('the step is gone', function()
    return not step_runs(marker)
  end)
  t.equal(t.messages[#t.messages], 'dhi: cancelled', 'message')
  vim.cmd.only()
end)

t.test(':DhiDoctor and :checkhealth name the builder', function()
  t.open_served(FILE)
  vim.cmd.DhiDoctor()
  local page = vim.fn.bufnr('dhi://doctor')
  t.eventually('the doctor', function()
    page = vim.fn.bufnr('dhi://doctor')
    return page ~= -1 and table.concat(vim.api.nvim_buf_get_lines(page, 0, -1, false), '\n'):match('%(used%)')
  end)
  vim.cmd.checkhealth('dhi')
  local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
  assert(text:match('builds with unix://'), text)
end)

t.finish()
