-- The commands: what each does, and how its arguments are completed.
local M = {}

local BUILD_FLAGS = {
  '--builder', '--build-arg', '--check', '--guide', '--load', '--no-cache', '--output', '--platform', '--print', '--provenance', '--pull',
  '--push', '--sbom', '--secret', '--ssh', '--tag', '--target',
}

---@param candidates string[]
local function complete(candidates)
  return function(lead)
    return vim.tbl_filter(function(c)
      return vim.startswith(c, lead)
    end, candidates)
  end
end

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

local function rules(lead)
  local result = vim.system({ require('dhi').program(), 'rules', '--format', 'json' }, { text = true }):wait()
  local ok, list = pcall(vim.json.decode, result.stdout or '')
  if not ok then
    return {}
  end
  return vim.tbl_filter(
    function(id)
      return vim.startswith(id, lead)
    end,
    vim.tbl_map(function(r)
      return r.id
    end, list.rules)
  )
end

M.table = {
  DhiBuild = {
    desc = 'Build the definition; flags as of dhi-ls build',
    nargs = '*',
    complete = complete(BUILD_FLAGS),
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
    complete = complete({ 'clean', 'list', 'path', 'search', 'show', 'update', 'verify', 'versions' }),
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
    complete = complete({ '--fetch', '--platform', '--why' }),
    run = function(o)
      run(vim.list_extend(vim.list_extend({ 'resolve' }, o.fargs), { file() }), show('resolve'))
    end,
  },
  DhiExplain = {
    desc = 'Show the page of a rule: the one named, or the one under the cursor',
    nargs = '?',
    complete = rules,
    run = function(o)
      local rule = o.args ~= '' and o.args or rule_here()
      if rule == '' then
        vim.notify('dhi: there is no finding on this line')
      else
        explain(rule)
      end
    end,
  },
  DhiDoctor = {
    desc = 'Show what builds would use on this machine',
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

--- Commands that the server's lenses and actions carry, and which show more
--- when they are carried out here.
local function lenses()
  local function buffer(command)
    local uri = command.arguments and command.arguments[1] and command.arguments[1].uri
    return uri and vim.uri_to_bufnr(uri) or vim.api.nvim_get_current_buf()
  end
  vim.lsp.commands['dhi-ls.build'] = function(command)
    require('dhi.build').start(buffer(command), {})
  end
  vim.lsp.commands['dhi-ls.showProblems'] = function()
    vim.diagnostic.setloclist({ open = true })
  end
  vim.lsp.commands['dhi-ls.explain'] = function(command)
    explain(command.arguments[1].rule)
  end
  vim.lsp.commands['dhi-ls.index.update'] = function()
    vim.cmd('DhiIndex update')
  end
end

--- Registers the commands.
function M.register()
  lenses()
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
