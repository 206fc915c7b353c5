-- The commands: what each does, and how its arguments are completed.
local M = {}

local complete = require('dhi.complete')

--- Runs the program and hands over its output.
---@param args string[]
---@param done fun(out: string, code: integer)
local function run(args, done)
  local command = vim.list_extend({ require('dhi').program() }, args)
  local ok, err = pcall(vim.system, command, { text = true, env = { NO_COLOR = '1' } }, function(result)
    vim.schedule(function()
      done(result.stdout ~= '' and result.stdout or result.stderr, result.code)
    end)
  end)
  if not ok then
    vim.notify('dhi: ' .. tostring(err), vim.log.levels.ERROR)
  end
end

--- Shows a text in a scratch buffer.
local function show(name, filetype)
  return function(text)
    local log = require('dhi.log').new('dhi://' .. name)
    log:write(text)
    vim.bo[log.bufnr].filetype = filetype or ''
    log:open()
  end
end

local function file()
  return vim.api.nvim_buf_get_name(0)
end

local function explain(rule)
  run({ 'explain', rule }, show('rule/' .. rule, 'markdown'))
end

--- The rule under the cursor, "" without one.
local function rule_here()
  local line = vim.api.nvim_win_get_cursor(0)[1] - 1
  for _, d in ipairs(vim.diagnostic.get(0, { lnum = line })) do
    if d.code then
      return tostring(d.code)
    end
  end
  return ''
end

--- Opens a text as a new definition that has no file yet.
local function open_new(text)
  vim.cmd.enew()
  vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.split(vim.trim(text), '\n'))
  vim.bo.filetype = 'yaml.dhi'
end

M.table = {
  DhiBuild = {
    desc = 'Build the definition; flags as of dhi-ls build',
    nargs = '*',
    complete = complete.of({ 'build' }),
    run = function(o)
      require('dhi.build').start(vim.api.nvim_get_current_buf(), o.fargs)
    end,
  },
  DhiCancel = {
    desc = 'Cancel the build of the definition',
    run = function()
      require('dhi.build').cancel(vim.api.nvim_get_current_buf())
    end,
  },
  DhiCheck = {
    desc = 'Check files and folders (the current folder without any) into the quickfix list',
    nargs = '*',
    complete = 'file',
    run = function(o)
      local folder = vim.fn.getcwd()
      run(vim.list_extend({ 'check', '--format', 'json', '--' }, vim.tbl_map(vim.fn.expand, o.fargs)), function(out)
        local findings = require('dhi.findings')
        local found = findings.parse(out)
        if not found then
          vim.notify('dhi: ' .. out, vim.log.levels.ERROR)
          return
        end
        findings.show('DHI check', found, folder)
        vim.notify(('dhi: %d findings'):format(#found))
      end)
    end,
  },
  DhiIndex = {
    desc = 'Package indexes: list, update, search NAME, show NAME, versions NAME, verify, clean, path',
    nargs = '*',
    complete = complete.of({ 'index' }, 'file'),
    run = function(o)
      local args = #o.fargs > 0 and vim.list_extend({}, o.fargs) or { 'list' }
      if args[1] == 'update' and #args == 1 then
        table.insert(args, file())
      end
      run(vim.list_extend({ 'index' }, args), show('index'))
    end,
  },
  DhiResolve = {
    desc = 'Show the packages that the definition installs',
    nargs = '*',
    complete = complete.of({ 'resolve' }),
    run = function(o)
      run(vim.list_extend(vim.list_extend({ 'resolve' }, o.fargs), { file() }), show('resolve'))
    end,
  },
  DhiExplain = {
    desc = 'Show the page of a rule: the one named, or the one under the cursor',
    nargs = '?',
    complete = complete.rules,
    run = function(o)
      local rule = o.args ~= '' and o.args or rule_here()
      if rule == '' then
        vim.notify('dhi: there is no finding on this line')
      else
        explain(rule)
      end
    end,
  },
  DhiNew = {
    desc = 'Write a new definition: image, package or chart with the flags of dhi-ls new',
    nargs = '+',
    complete = complete.of({ 'new' }),
    run = function(o)
      run(vim.list_extend({ 'new' }, o.fargs), function(out, code)
        if code == 0 then
          open_new(out)
        else
          vim.notify('dhi: ' .. vim.trim(out), vim.log.levels.ERROR)
        end
      end)
    end,
  },
  DhiDoctor = {
    desc = 'Show builders, login, package indexes and programs, and what is missing',
    run = function()
      run({ 'doctor' }, show('doctor'))
    end,
  },
  DhiLog = {
    desc = "Show the log of the last build, or the language client's with !",
    bang = true,
    run = function(o)
      local log = require('dhi.build').log
      if o.bang or not log then
        vim.cmd.edit(vim.lsp.get_log_path())
      else
        log:open()
      end
    end,
  },
  DhiRestart = {
    desc = 'Restart the language server',
    run = function()
      require('dhi.restart').restart()
    end,
  },
}

--- Registers the commands.
function M.register()
  require('dhi.lenses').register()
  for name, c in pairs(M.table) do
    vim.api.nvim_create_user_command(name, c.run, {
      desc = c.desc,
      nargs = c.nargs or 0,
      bang = c.bang,
      complete = c.complete,
    })
  end
end

return M
